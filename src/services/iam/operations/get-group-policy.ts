import type { GetGroupPolicyRequest, GetGroupPolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyOf } from "../inline-policies.ts";
import { encodedDocument } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
export function getGroupPolicy(iam: Iam) {
  return async (
    { GroupName, PolicyName }: GetGroupPolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetGroupPolicyResponse> => {
    const group = await existingGroup(iam, scope, GroupName!);
    const document = inlinePolicyOf(group, "group", PolicyName!);
    return { GroupName: group.name, PolicyName, PolicyDocument: encodedDocument(document) };
  };
}
