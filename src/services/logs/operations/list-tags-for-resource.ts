import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { groupNotFound } from "../errors.ts";
import { groupNameOf } from "../log-groups.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(logs: Logs) {
  return async (input: ListTagsForResourceRequest, context: RequestContext): Promise<ListTagsForResourceResponse> => {
    const name = groupNameOf(context.scope, input.resourceArn!);
    if (name === undefined) throw groupNotFound();
    return { tags: (await logs.groups.require(context.scope, name)).tags };
  };
}
