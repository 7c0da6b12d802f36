import type { CreateLogGroupRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import { groupArn } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { checkTagKeys } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function createLogGroup(logs: Logs) {
  return async (input: CreateLogGroupRequest, context: RequestContext): Promise<object> => {
    const name = input.logGroupName!;
    if (name.toLowerCase().startsWith("aws/"))
      throw invalidParameter("Log groups starting with AWS/ are reserved for AWS.");
    if (input.kmsKeyId !== undefined)
      throw invalidParameter(
        `The specified KMS key does not exist or is not allowed to be used with LogGroup '${groupArn(context.scope, name)}'`,
      );
    if (input.logGroupClass !== undefined && input.logGroupClass !== "STANDARD")
      throw invalidParameter(`Log group class ${input.logGroupClass} is not supported.`);
    checkTagKeys(Object.keys(input.tags ?? {}));
    await logs.groups.create(context.scope, name, {
      tags: input.tags,
      deletionProtectionEnabled: input.deletionProtectionEnabled,
    });
    return {};
  };
}
