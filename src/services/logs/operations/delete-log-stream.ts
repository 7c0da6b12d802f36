import type { DeleteLogStreamRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export function deleteLogStream(logs: Logs) {
  return async (input: DeleteLogStreamRequest, context: RequestContext): Promise<object> => {
    await logs.deleteStream(context.scope, input.logGroupName!, input.logStreamName!);
    return {};
  };
}
