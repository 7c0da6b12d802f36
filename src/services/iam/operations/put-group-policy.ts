import type { PutGroupPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { changeGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { withInlinePolicy } from "../inline-policies.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html */
export function putGroupPolicy(iam: Iam) {
  return async ({ GroupName, PolicyName, PolicyDocument }: PutGroupPolicyRequest, { scope }: RequestContext) => {
    await changeGroup(iam, scope, GroupName!, (now) => withInlinePolicy(now, "group", PolicyName!, PolicyDocument!));
    return {};
  };
}
