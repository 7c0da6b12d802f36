import type { CreateAccountAliasRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { changeAccount } from "../account.ts";
import { entityAlreadyExists } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html: an account has one, the latest */
export function createAccountAlias(iam: Iam) {
  return async ({ AccountAlias: alias }: CreateAccountAliasRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const [taken] = await iam.records.accounts.listAll({ where: { alias: alias! }, limit: 1 });
      if (taken && taken.scope !== iamKey(scope))
        throw entityAlreadyExists(`The account alias ${alias} already exists.`);
      await changeAccount(iam, scope, (now) => ({ ...now, alias: alias! }));
    });
    return {};
  };
}
