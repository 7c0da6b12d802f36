import type { GetContextKeysForPrincipalPolicyRequest, GetContextKeysForPolicyResponse } from "@aws-sdk/client-iam";
import { contextKeysOf } from "../../../identity/policy/simulate.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { givenPolicies, policiesOf, policySource } from "../simulation-sources.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html */
export function getContextKeysForPrincipalPolicy(iam: Iam) {
  return async (
    { PolicySourceArn, PolicyInputList }: GetContextKeysForPrincipalPolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetContextKeysForPolicyResponse> => {
    const { holders } = await policySource(iam, scope, PolicySourceArn!);
    const policies = [...(await policiesOf(iam, scope, holders)), ...givenPolicies("PolicyInputList", PolicyInputList)];
    return { ContextKeyNames: contextKeysOf(policies.map(({ policy }) => policy)) };
  };
}
