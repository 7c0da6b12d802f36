import type { DeletePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { deleteConflict } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { existingPolicy, ownPolicyArn } from "../managed-policies.ts";
import { usesOf } from "../policy-uses.ts";
import { iamKey, nameKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export function deletePolicy(iam: Iam) {
  return async ({ PolicyArn }: DeletePolicyRequest, { scope }: RequestContext) => {
    ownPolicyArn(scope, PolicyArn!);
    await iam.store.transaction(async () => {
      const policy = await existingPolicy(iam, scope, PolicyArn!);
      const { attached, boundaries } = await usesOf(iam, scope, policy.arn);
      if (attached + boundaries > 0) throw deleteConflict("Cannot delete a policy attached to entities.");
      if (policy.versions.length > 1)
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      await iam.records.policies.delete(iamKey(scope), nameKey(policy.name));
    });
    return {};
  };
}
