import type { DeleteTagsRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeTags, withoutTags } from "../tags.ts";

/** The older form of UntagResource. https://docs.aws.amazon.com/efs/latest/ug/API_DeleteTags.html */
export function deleteTags(efs: Efs) {
  return async ({ FileSystemId, TagKeys }: DeleteTagsRequest, { scope }: RequestContext): Promise<object> => {
    await changeTags(efs, scope, FileSystemId!, (tags) => withoutTags(tags, TagKeys!));
    return {};
  };
}
