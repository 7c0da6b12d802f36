import type { ListUserTagsRequest, ListUserTagsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { tagPage } from "../tags.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html */
export function listUserTags(iam: Iam) {
  return async (input: ListUserTagsRequest, { scope }: RequestContext): Promise<ListUserTagsResponse> =>
    tagPage((await existingUser(iam, scope, input.UserName!)).tags, input);
}
