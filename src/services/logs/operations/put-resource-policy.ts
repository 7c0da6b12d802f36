import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from "@aws-sdk/client-cloudwatch-logs";
import { checkedPolicy } from "../../../identity/policy/policy.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html */
export function putResourcePolicy(logs: Logs) {
  return async (input: PutResourcePolicyRequest, { scope }: RequestContext): Promise<PutResourcePolicyResponse> => {
    const { policyName, policyDocument, resourceArn, expectedRevisionId } = input;
    if (resourceArn !== undefined || expectedRevisionId !== undefined)
      throw invalidParameter("Policies of single resources are not built in Neargate yet: leave resourceArn out.");
    if (policyName === undefined) throw invalidParameter("Policy name must not be null");
    if (policyDocument === undefined) throw invalidParameter("Policy document must not be null");
    checkedPolicy(policyDocument, "resource", (message) => invalidParameter(`Invalid policy document: ${message}`));
    return { resourcePolicy: await logs.resourcePolicies.put(scope, policyName, policyDocument, logs.clock.now()) };
  };
}
