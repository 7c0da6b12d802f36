import type { TagLogGroupRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupArn } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { tagResource } from "./tag-resource.ts";

/** The older form of TagResource: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export function tagLogGroup(logs: Logs) {
  const tag = tagResource(logs);
  return (input: TagLogGroupRequest, context: RequestContext): Promise<object> =>
    tag({ resourceArn: groupArn(context.scope, input.logGroupName!), tags: input.tags }, context);
}
