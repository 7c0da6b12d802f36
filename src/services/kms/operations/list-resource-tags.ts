import type { ListResourceTagsRequest, ListResourceTagsResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";
import { tagList } from "../tags.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html */
export function listResourceTags(kms: Kms) {
  return async (input: ListResourceTagsRequest, { scope }: RequestContext): Promise<ListResourceTagsResponse> => {
    const { key } = await findKey(kms, scope, input.KeyId!);
    const ordered = tagList(key.tags).toSorted((a, b) => (a.TagKey! < b.TagKey! ? -1 : 1));
    const { items, rest } = pageOf(`tags ${key.keyId}`, ordered, ({ TagKey }) => TagKey!, input, 50);
    return { Tags: items, ...rest };
  };
}
