import type { UpdateAssumeRolePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole, unlinked } from "../roles.ts";
import { checkTrustPolicy } from "../trust-policies.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export function updateAssumeRolePolicy(iam: Iam) {
  return async ({ RoleName, PolicyDocument }: UpdateAssumeRolePolicyRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      await changeRole(iam, scope, RoleName!, (now) => ({ ...unlinked(now), trustPolicy: PolicyDocument! }));
      await checkTrustPolicy(iam, scope, PolicyDocument!);
    });
    return {};
  };
}
