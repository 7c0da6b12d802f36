import type { RemoveTagsFromResourceRequest, RemoveTagsFromResourceResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { changeTags } from "../tags.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html */
export function removeTagsFromResource(ssm: Ssm) {
  return async (
    { TagKeys, ...resource }: RemoveTagsFromResourceRequest,
    { scope }: RequestContext,
  ): Promise<RemoveTagsFromResourceResult> => {
    await changeTags(ssm, scope, resource, (tags) => tags.filter(({ Key }) => !TagKeys!.includes(Key!)));
    return {};
  };
}
