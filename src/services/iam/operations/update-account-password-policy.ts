import type { UpdateAccountPasswordPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { changeAccount } from "../account.ts";
import type { Iam } from "../iam.ts";
import { newPasswordPolicy } from "../password-policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html: replaces it as a whole */
export function updateAccountPasswordPolicy(iam: Iam) {
  return async (input: UpdateAccountPasswordPolicyRequest, { scope }: RequestContext) => {
    await changeAccount(iam, scope, (now) => ({ ...now, passwordPolicy: newPasswordPolicy(input) }));
    return {};
  };
}
