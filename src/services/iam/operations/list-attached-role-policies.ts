import type { ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachedPage } from "../attached-page.ts";
import type { Iam } from "../iam.ts";
import { existingRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export function listAttachedRolePolicies(iam: Iam) {
  return async (
    input: ListAttachedRolePoliciesRequest,
    { scope }: RequestContext,
  ): Promise<ListAttachedRolePoliciesResponse> => {
    const { id } = await existingRole(iam, scope, input.RoleName!);
    return await attachedPage(iam, scope, id, input);
  };
}
