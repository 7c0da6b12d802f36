import type { ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachedPage } from "../attached-page.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html */
export function listAttachedGroupPolicies(iam: Iam) {
  return async (
    input: ListAttachedGroupPoliciesRequest,
    { scope }: RequestContext,
  ): Promise<ListAttachedGroupPoliciesResponse> => {
    const { id } = await existingGroup(iam, scope, input.GroupName!);
    return await attachedPage(iam, scope, id, input);
  };
}
