import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { taggedResource } from "../tagged-resource.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(ecs: Ecs) {
  return async (input: ListTagsForResourceRequest, { scope }: RequestContext): Promise<ListTagsForResourceResponse> => {
    const { tags } = await taggedResource(ecs, scope, input.resourceArn!);
    return { tags: [...tags] };
  };
}
