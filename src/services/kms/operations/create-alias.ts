import type { CreateAliasRequest } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkAliasName } from "../aliases.ts";
import { aliasArn } from "../arns.ts";
import { aliasExists, limitExceeded } from "../errors.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { ownKey } from "../requests.ts";

const MAX_ALIASES = 50;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export function createAlias(kms: Kms) {
  return async ({ AliasName, TargetKeyId }: CreateAliasRequest, context: RequestContext): Promise<object> => {
    const { scope } = context;
    const { aliases } = kms.records;
    const name = checkAliasName(AliasName!);
    await kms.store.transaction(async () => {
      const { key, arn } = await ownKey(kms, context, "CreateAlias", TargetKeyId);
      requireState(key, arn, NOT_PENDING_DELETION);
      if (await aliases.get(scopeKey(scope), name)) throw aliasExists(aliasArn(scope, name));
      if ((await aliases.count(scopeKey(scope), { keyId: key.keyId })) >= MAX_ALIASES)
        throw limitExceeded(`The key ${arn} has ${MAX_ALIASES} aliases, which is the limit.`);
      const now = kms.now();
      await aliases.insert(scopeKey(scope), name, { name, keyId: key.keyId, createdAt: now, updatedAt: now });
    });
    return {};
  };
}
