import type { UntagResourceRequest, UntagResourceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { taggedResource } from "../tagged-resource.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html */
export function untagResource(ecs: Ecs) {
  return async (input: UntagResourceRequest, { scope }: RequestContext): Promise<UntagResourceResponse> => {
    const resource = await taggedResource(ecs, scope, input.resourceArn!);
    await resource.change((before) => withoutTags(before, input.tagKeys ?? []));
    return {};
  };
}
