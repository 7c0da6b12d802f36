import type { ListTagsLogGroupRequest, ListTagsLogGroupResponse } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Logs } from "../logs.ts";

/** The older form of ListTagsForResource: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export function listTagsLogGroup(logs: Logs) {
  return async (input: ListTagsLogGroupRequest, context: RequestContext): Promise<ListTagsLogGroupResponse> => ({
    tags: (await logs.groups.require(context.scope, input.logGroupName!)).tags,
  });
}
