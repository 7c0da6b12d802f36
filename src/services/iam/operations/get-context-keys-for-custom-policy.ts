import type { GetContextKeysForCustomPolicyRequest, GetContextKeysForPolicyResponse } from "@aws-sdk/client-iam";
import { contextKeysOf } from "../../../identity/policy/simulate.ts";
import { givenPolicies } from "../simulation-sources.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html */
export function getContextKeysForCustomPolicy() {
  return async ({
    PolicyInputList,
  }: GetContextKeysForCustomPolicyRequest): Promise<GetContextKeysForPolicyResponse> => ({
    ContextKeyNames: contextKeysOf(givenPolicies("PolicyInputList", PolicyInputList).map(({ policy }) => policy)),
  });
}
