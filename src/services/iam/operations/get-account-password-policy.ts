import type { GetAccountPasswordPolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accountOf } from "../account.ts";
import { passwordPolicyNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { passwordPolicyView } from "../password-policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html */
export function getAccountPasswordPolicy(iam: Iam) {
  return async (_input: object, { scope }: RequestContext): Promise<GetAccountPasswordPolicyResponse> => {
    const { passwordPolicy } = await accountOf(iam, scope);
    if (!passwordPolicy) throw passwordPolicyNotFound(scope.account);
    return { PasswordPolicy: passwordPolicyView(passwordPolicy) };
  };
}
