import type { DeleteUserPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { withoutInlinePolicy } from "../inline-policies.ts";
import { changeUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html */
export function deleteUserPolicy(iam: Iam) {
  return async ({ UserName, PolicyName }: DeleteUserPolicyRequest, { scope }: RequestContext) => {
    await changeUser(iam, scope, UserName!, (now) => withoutInlinePolicy(now, "user", PolicyName!));
    return {};
  };
}
