import type { UntagResourceRequest, UntagResourceResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOfArn, type Ecr } from "../ecr.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html */
export function untagResource({ registry }: Ecr) {
  return async (input: UntagResourceRequest, context: RequestContext): Promise<UntagResourceResponse> => {
    const address = addressOfArn(context.scope, input.resourceArn!);
    const removed = new Set(input.tagKeys);
    await registry.repositories.update(address, ({ resourceTags }) => ({
      resourceTags: Object.fromEntries(Object.entries(resourceTags).filter(([key]) => !removed.has(key))),
    }));
    return {};
  };
}
