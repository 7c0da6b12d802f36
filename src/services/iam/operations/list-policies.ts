import type { ListPoliciesRequest, ListPoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { policyPage } from "../policy-lists.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export function listPolicies(iam: Iam) {
  return async (input: ListPoliciesRequest, { scope }: RequestContext): Promise<ListPoliciesResponse> => {
    return await policyPage(iam, scope, input);
  };
}
