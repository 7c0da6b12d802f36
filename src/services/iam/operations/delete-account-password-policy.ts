import type { RequestContext } from "../../../wire/context.ts";
import { changeAccount } from "../account.ts";
import { passwordPolicyNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountPasswordPolicy.html */
export function deleteAccountPasswordPolicy(iam: Iam) {
  return async (_input: object, { scope }: RequestContext) => {
    await changeAccount(iam, scope, ({ passwordPolicy, ...account }) => {
      if (!passwordPolicy) throw passwordPolicyNotFound(scope.account);
      return account;
    });
    return {};
  };
}
