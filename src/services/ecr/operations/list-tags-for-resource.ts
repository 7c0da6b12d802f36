import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOfArn, type Ecr } from "../ecr.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource({ registry }: Ecr) {
  return async (input: ListTagsForResourceRequest, context: RequestContext): Promise<ListTagsForResourceResponse> => {
    const { resourceTags } = await registry.repositories.get(addressOfArn(context.scope, input.resourceArn!));
    return { tags: Object.entries(resourceTags).map(([Key, Value]) => ({ Key, Value })) };
  };
}
