import type { UntagResourceRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeTags, withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_UntagResource.html */
export function untagResource(efs: Efs) {
  return async ({ ResourceId, TagKeys }: UntagResourceRequest, { scope }: RequestContext): Promise<object> => {
    await changeTags(efs, scope, ResourceId!, (tags) => withoutTags(tags, TagKeys!));
    return {};
  };
}
