import type { DeleteGroupPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { changeGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { withoutInlinePolicy } from "../inline-policies.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html */
export function deleteGroupPolicy(iam: Iam) {
  return async ({ GroupName, PolicyName }: DeleteGroupPolicyRequest, { scope }: RequestContext) => {
    await changeGroup(iam, scope, GroupName!, (now) => withoutInlinePolicy(now, "group", PolicyName!));
    return {};
  };
}
