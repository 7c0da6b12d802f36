import type { GetPolicyRequest, GetPolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingPolicy } from "../managed-policies.ts";
import { policyDetail } from "../policy-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export function getPolicy(iam: Iam) {
  return async ({ PolicyArn }: GetPolicyRequest, { scope }: RequestContext): Promise<GetPolicyResponse> => {
    return { Policy: await policyDetail(iam, scope, await existingPolicy(iam, scope, PolicyArn!)) };
  };
}
