import type { TagResourceRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";
import { readTags, requireFewTags } from "../tags.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html */
export function tagResource(kms: Kms) {
  return async ({ KeyId, Tags }: TagResourceRequest, context: RequestContext): Promise<object> => {
    const tags = readTags(Tags!);
    await changeKey(kms, context, "TagResource", KeyId, ({ key, arn }) => {
      requireState(key, arn, NOT_PENDING_DELETION);
      return { ...key, tags: requireFewTags({ ...key.tags, ...tags }) };
    });
    return {};
  };
}
