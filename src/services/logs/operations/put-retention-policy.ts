import type { PutRetentionPolicyRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import type { Logs } from "../logs.ts";

const ALLOWED_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export function putRetentionPolicy(logs: Logs) {
  return async (input: PutRetentionPolicyRequest, context: RequestContext): Promise<object> => {
    const retentionInDays = input.retentionInDays!;
    if (!ALLOWED_DAYS.includes(retentionInDays))
      throw invalidParameter(`Invalid retention value. Valid values are: [${ALLOWED_DAYS.join(", ")}]`);
    const changed = await logs.groups.update(context.scope, input.logGroupName!, (group) => ({
      ...group,
      retentionInDays,
    }));
    logs.expireSoon(changed);
    return {};
  };
}
