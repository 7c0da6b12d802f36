import type { TagResourceRequest, TagResourceResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOfArn, type Ecr } from "../ecr.ts";
import { withTags } from "../resource-tags.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html */
export function tagResource({ registry }: Ecr) {
  return async (input: TagResourceRequest, context: RequestContext): Promise<TagResourceResponse> => {
    const address = addressOfArn(context.scope, input.resourceArn!);
    await registry.repositories.update(address, ({ resourceTags }) => ({
      resourceTags: withTags(resourceTags, input.tags!),
    }));
    return {};
  };
}
