import type { TagResourceRequest, TagResourceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { taggedResource } from "../tagged-resource.ts";
import { checkTags, withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
export function tagResource(ecs: Ecs) {
  return async (input: TagResourceRequest, { scope }: RequestContext): Promise<TagResourceResponse> => {
    const resource = await taggedResource(ecs, scope, input.resourceArn!);
    const tags = checkTags(input.tags, resource.refuse);
    await resource.change((before) => withTags(before, tags, resource.refuse));
    return {};
  };
}
