import type { CreateTagsRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeTags, withTags } from "../tags.ts";

/** The older form of TagResource. https://docs.aws.amazon.com/efs/latest/ug/API_CreateTags.html */
export function createTags(efs: Efs) {
  return async ({ FileSystemId, Tags }: CreateTagsRequest, { scope }: RequestContext): Promise<object> => {
    await changeTags(efs, scope, FileSystemId!, (tags) => withTags(tags, Tags!));
    return {};
  };
}
