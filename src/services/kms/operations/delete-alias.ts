import type { DeleteAliasRequest } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkAliasName } from "../aliases.ts";
import { aliasArn } from "../arns.ts";
import { aliasNotFound } from "../errors.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html */
export function deleteAlias(kms: Kms) {
  return async ({ AliasName }: DeleteAliasRequest, { scope }: RequestContext): Promise<object> => {
    const name = checkAliasName(AliasName!);
    if (!(await kms.records.aliases.delete(scopeKey(scope), name))) throw aliasNotFound(aliasArn(scope, name));
    return {};
  };
}
