import type { TagResourceRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeTags, withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_TagResource.html */
export function tagResource(efs: Efs) {
  return async ({ ResourceId, Tags }: TagResourceRequest, { scope }: RequestContext): Promise<object> => {
    await changeTags(efs, scope, ResourceId!, (tags) => withTags(tags, Tags!));
    return {};
  };
}
