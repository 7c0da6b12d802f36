import type { UntagLogGroupRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupArn } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { untagResource } from "./untag-resource.ts";

/** The older form of UntagResource: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export function untagLogGroup(logs: Logs) {
  const untag = untagResource(logs);
  return (input: UntagLogGroupRequest, context: RequestContext): Promise<object> =>
    untag({ resourceArn: groupArn(context.scope, input.logGroupName!), tagKeys: input.tags }, context);
}
