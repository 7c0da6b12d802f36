import type { DeleteRolePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withoutInlinePolicy } from "../inline-policies.ts";
import { changeRole, unlinked } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export function deleteRolePolicy(iam: Iam) {
  return async ({ RoleName, PolicyName }: DeleteRolePolicyRequest, { scope }: RequestContext) => {
    await changeRole(iam, scope, RoleName!, (now) => withoutInlinePolicy(unlinked(now), "role", PolicyName!));
    return {};
  };
}
