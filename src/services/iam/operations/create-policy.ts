import type { CreatePolicyRequest, CreatePolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { newPolicy } from "../managed-policies.ts";
import { createdPolicyView } from "../policy-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export function createPolicy(iam: Iam) {
  return async (input: CreatePolicyRequest, { scope }: RequestContext): Promise<CreatePolicyResponse> => {
    return { Policy: createdPolicyView(await newPolicy(iam, scope, input)) };
  };
}
