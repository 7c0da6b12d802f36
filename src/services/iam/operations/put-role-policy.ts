import type { PutRolePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withInlinePolicy } from "../inline-policies.ts";
import { changeRole, unlinked } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export function putRolePolicy(iam: Iam) {
  return async ({ RoleName, PolicyName, PolicyDocument }: PutRolePolicyRequest, { scope }: RequestContext) => {
    await changeRole(iam, scope, RoleName!, (now) =>
      withInlinePolicy(unlinked(now), "role", PolicyName!, PolicyDocument!),
    );
    return {};
  };
}
