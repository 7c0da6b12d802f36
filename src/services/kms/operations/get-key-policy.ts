import type { GetKeyPolicyRequest, GetKeyPolicyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { policyNotFound } from "../errors.ts";
import { POLICY_NAME } from "../key-policies.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export function getKeyPolicy(kms: Kms) {
  return async (
    { KeyId, PolicyName = POLICY_NAME }: GetKeyPolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetKeyPolicyResponse> => {
    const { key } = await findKey(kms, scope, KeyId!);
    if (PolicyName !== POLICY_NAME) throw policyNotFound(PolicyName);
    return { Policy: key.policy, PolicyName };
  };
}
