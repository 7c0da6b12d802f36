import type { ListGroupPoliciesRequest, ListGroupPoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyNames } from "../inline-policies.ts";
import { page } from "../page.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
export function listGroupPolicies(iam: Iam) {
  return async (input: ListGroupPoliciesRequest, { scope }: RequestContext): Promise<ListGroupPoliciesResponse> => {
    const group = await existingGroup(iam, scope, input.GroupName!);
    const { items, paging } = page(inlinePolicyNames(group), input, "group-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  };
}
