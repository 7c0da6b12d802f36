import type { ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachedPage } from "../attached-page.ts";
import type { Iam } from "../iam.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html */
export function listAttachedUserPolicies(iam: Iam) {
  return async (
    input: ListAttachedUserPoliciesRequest,
    { scope }: RequestContext,
  ): Promise<ListAttachedUserPoliciesResponse> => {
    const { id } = await existingUser(iam, scope, input.UserName!);
    return await attachedPage(iam, scope, id, input);
  };
}
