import type { ListRolePoliciesRequest, ListRolePoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyNames } from "../inline-policies.ts";
import { page } from "../page.ts";
import { existingRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export function listRolePolicies(iam: Iam) {
  return async (input: ListRolePoliciesRequest, { scope }: RequestContext): Promise<ListRolePoliciesResponse> => {
    const names = inlinePolicyNames(await existingRole(iam, scope, input.RoleName!));
    const { items, paging } = page(names, input, "role-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  };
}
