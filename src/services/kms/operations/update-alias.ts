import type { UpdateAliasRequest } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkAliasName } from "../aliases.ts";
import { aliasArn } from "../arns.ts";
import { aliasNotFound, validationError } from "../errors.ts";
import { factsOf } from "../key-specs.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import type { KeyRecord } from "../records.ts";
import { ownKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html */
export function updateAlias(kms: Kms) {
  return async ({ AliasName, TargetKeyId }: UpdateAliasRequest, context: RequestContext): Promise<object> => {
    const at = scopeKey(context.scope);
    const { aliases, keys } = kms.records;
    const name = checkAliasName(AliasName!);
    await kms.store.transaction(async () => {
      const alias = await aliases.get(at, name);
      if (!alias) throw aliasNotFound(aliasArn(context.scope, name));
      const { key, arn } = await ownKey(kms, context, "UpdateAlias", TargetKeyId);
      requireState(key, arn, NOT_PENDING_DELETION);
      const former = (await keys.get(at, alias.keyId))!;
      if (kindOf(former) !== kindOf(key) || former.usage !== key.usage)
        throw validationError(
          "The current and the new KMS key of an alias must be of the same type and have the same key usage.",
        );
      await aliases.put(at, name, { ...alias, keyId: key.keyId, updatedAt: kms.now() });
    });
    return {};
  };
}

function kindOf(key: KeyRecord): string {
  const { kind } = factsOf(key);
  return kind === "rsa" || kind === "ec" ? "asymmetric" : kind;
}
