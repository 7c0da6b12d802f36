import type { DeleteResourcePolicyRequest } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter, resourcePolicyNotFound } from "../errors.ts";
import type { Logs } from "../logs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(logs: Logs) {
  return async (input: DeleteResourcePolicyRequest, { scope }: RequestContext): Promise<object> => {
    const { policyName, resourceArn, expectedRevisionId } = input;
    if (resourceArn !== undefined || expectedRevisionId !== undefined)
      throw invalidParameter("Policies of single resources are not built in Neargate yet: leave resourceArn out.");
    if (policyName === undefined) throw invalidParameter("Policy name must not be null");
    if (!(await logs.resourcePolicies.delete(scope, policyName))) throw resourcePolicyNotFound(policyName);
    return {};
  };
}
