import type { SimulateCustomPolicyRequest, SimulatePolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { givenPolicies, simulatedCaller } from "../simulation-sources.ts";
import { runSimulation } from "../simulations.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
export function simulateCustomPolicy(iam: Iam) {
  return async (input: SimulateCustomPolicyRequest, { scope }: RequestContext): Promise<SimulatePolicyResponse> =>
    runSimulation(input, {
      identity: givenPolicies("PolicyInputList", input.PolicyInputList),
      boundaries: givenPolicies("PermissionsBoundaryPolicyInputList", input.PermissionsBoundaryPolicyInputList),
      principal: await simulatedCaller(iam, scope, input.CallerArn),
    });
}
