import type { ListRoleTagsRequest, ListRoleTagsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingRole } from "../roles.ts";
import { tagPage } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
export function listRoleTags(iam: Iam) {
  return async (input: ListRoleTagsRequest, { scope }: RequestContext): Promise<ListRoleTagsResponse> => {
    return tagPage((await existingRole(iam, scope, input.RoleName!)).tags, input);
  };
}
