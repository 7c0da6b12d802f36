import type { PutKeyPolicyRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { policyNotFound } from "../errors.ts";
import { POLICY_NAME } from "../key-policies.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { checkKeyPolicy } from "../policy-check.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
export function putKeyPolicy(kms: Kms) {
  return async (input: PutKeyPolicyRequest, context: RequestContext): Promise<object> => {
    const { KeyId, PolicyName = POLICY_NAME, Policy, BypassPolicyLockoutSafetyCheck } = input;
    await changeKey(kms, context, "PutKeyPolicy", KeyId, ({ key, arn }) => {
      requireState(key, arn, NOT_PENDING_DELETION);
      if (PolicyName !== POLICY_NAME) throw policyNotFound(PolicyName);
      checkKeyPolicy(Policy!, context.principal, BypassPolicyLockoutSafetyCheck);
      return { ...key, policy: Policy! };
    });
    return {};
  };
}
