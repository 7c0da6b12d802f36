import type { ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingInstanceProfile } from "../instance-profiles.ts";
import { tagPage } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html */
export function listInstanceProfileTags(iam: Iam) {
  return async (
    input: ListInstanceProfileTagsRequest,
    { scope }: RequestContext,
  ): Promise<ListInstanceProfileTagsResponse> => {
    return tagPage((await existingInstanceProfile(iam, scope, input.InstanceProfileName!)).tags, input);
  };
}
