import type { ListTagsForResourceRequest, ListTagsForResourceResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ssm } from "../ssm.ts";
import { taggedParameter } from "../tags.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(ssm: Ssm) {
  return async (input: ListTagsForResourceRequest, { scope }: RequestContext): Promise<ListTagsForResourceResult> => ({
    TagList: (await taggedParameter(ssm, scope, input)).tags,
  });
}
