import type { SimulatePrincipalPolicyRequest, SimulatePolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { givenPolicies, managedPolicy, policiesOf, policySource, simulatedCaller } from "../simulation-sources.ts";
import { runSimulation } from "../simulations.ts";

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html; boundaries that are given stand
 * in for the one that the user or role has.
 */
export function simulatePrincipalPolicy(iam: Iam) {
  return async (input: SimulatePrincipalPolicyRequest, { scope }: RequestContext): Promise<SimulatePolicyResponse> => {
    const source = await policySource(iam, scope, input.PolicySourceArn!);
    const given = givenPolicies("PermissionsBoundaryPolicyInputList", input.PermissionsBoundaryPolicyInputList);
    const own = source.boundary === undefined ? [] : await managedPolicy(iam, scope, source.boundary);
    return runSimulation(input, {
      identity: [
        ...(await policiesOf(iam, scope, source.holders)),
        ...givenPolicies("PolicyInputList", input.PolicyInputList),
      ],
      boundaries: given.length ? given : own,
      principal: (await simulatedCaller(iam, scope, input.CallerArn)) ?? source.principal,
    });
  };
}
