import type { PutUserPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withInlinePolicy } from "../inline-policies.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
export function putUserPolicy(iam: Iam) {
  return async ({ UserName, PolicyName, PolicyDocument }: PutUserPolicyRequest, { scope }: RequestContext) => {
    await changeUser(iam, scope, UserName!, (now) => withInlinePolicy(now, "user", PolicyName!, PolicyDocument!));
    return {};
  };
}
