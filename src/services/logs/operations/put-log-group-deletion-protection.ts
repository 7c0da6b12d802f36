import type { PutLogGroupDeletionProtectionRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupNotFound } from "../errors.ts";
import { groupNameOf } from "../log-groups.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html */
export function putLogGroupDeletionProtection(logs: Logs) {
  return async (input: PutLogGroupDeletionProtectionRequest, context: RequestContext): Promise<object> => {
    const name = groupNameOf(context.scope, input.logGroupIdentifier!);
    if (name === undefined) throw groupNotFound();
    const deletionProtectionEnabled = input.deletionProtectionEnabled!;
    await logs.groups.update(context.scope, name, (group) => ({ ...group, deletionProtectionEnabled }));
    return {};
  };
}
