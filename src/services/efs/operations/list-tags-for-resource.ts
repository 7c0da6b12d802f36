import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { page, placeByIndex } from "../page.ts";
import { tagsOf } from "../tags.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_ListTagsForResource.html */
export function listTagsForResource(efs: Efs) {
  return async (input: ListTagsForResourceRequest, { scope }: RequestContext): Promise<ListTagsForResourceResponse> => {
    const { ResourceId, MaxResults, NextToken } = input;
    const tags = await tagsOf(efs, scope, ResourceId!);
    const { items, next } = page(tags, { limit: MaxResults, token: NextToken }, "resource-tags", placeByIndex);
    return { Tags: items, NextToken: next };
  };
}
