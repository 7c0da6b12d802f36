import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { entityPage } from "../policy-entities.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export function listEntitiesForPolicy(iam: Iam) {
  return async (
    input: ListEntitiesForPolicyRequest,
    { scope }: RequestContext,
  ): Promise<ListEntitiesForPolicyResponse> => {
    return await entityPage(iam, scope, input);
  };
}
