import type { ListUserPoliciesRequest, ListUserPoliciesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyNames } from "../inline-policies.ts";
import { page } from "../page.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
export function listUserPolicies(iam: Iam) {
  return async (input: ListUserPoliciesRequest, { scope }: RequestContext): Promise<ListUserPoliciesResponse> => {
    const user = await existingUser(iam, scope, input.UserName!);
    const { items, paging } = page(inlinePolicyNames(user), input, "user-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  };
}
