import type { DeleteLogGroupRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export function deleteLogGroup(logs: Logs) {
  return async (input: DeleteLogGroupRequest, context: RequestContext): Promise<object> => {
    await logs.deleteGroup(context.scope, input.logGroupName!);
    return {};
  };
}
