import type { AddTagsToResourceRequest, AddTagsToResourceResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { changeTags, withTags } from "../tags.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html */
export function addTagsToResource(ssm: Ssm) {
  return async (
    { Tags, ...resource }: AddTagsToResourceRequest,
    { scope }: RequestContext,
  ): Promise<AddTagsToResourceResult> => {
    await changeTags(ssm, scope, resource, (tags) => withTags(tags, Tags!));
    return {};
  };
}
