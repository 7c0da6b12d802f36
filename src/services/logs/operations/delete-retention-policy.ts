import type { DeleteRetentionPolicyRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export function deleteRetentionPolicy(logs: Logs) {
  return async (input: DeleteRetentionPolicyRequest, context: RequestContext): Promise<object> => {
    await logs.groups.update(context.scope, input.logGroupName!, (group) => ({ ...group, retentionInDays: undefined }));
    return {};
  };
}
