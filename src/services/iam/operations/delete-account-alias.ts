import type { DeleteAccountAliasRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { changeAccount } from "../account.ts";
import { accountAliasNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html */
export function deleteAccountAlias(iam: Iam) {
  return async ({ AccountAlias }: DeleteAccountAliasRequest, { scope }: RequestContext) => {
    await changeAccount(iam, scope, ({ alias, ...account }) => {
      if (alias !== AccountAlias) throw accountAliasNotFound(AccountAlias!);
      return account;
    });
    return {};
  };
}
