import type { AliasListEntry, ListAliasesRequest, ListAliasesResponse } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { aliasArn } from "../arns.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { PREDEFINED_ALIASES } from "../managed-keys.ts";
import { pageOf } from "../page.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html: AWS's own have no key until they are used */
export function listAliases(kms: Kms) {
  return async (input: ListAliasesRequest, { scope }: RequestContext): Promise<ListAliasesResponse> => {
    const keyId = input.KeyId === undefined ? undefined : (await findKey(kms, scope, input.KeyId)).key.keyId;
    const stored = await kms.records.aliases.list(scopeKey(scope), keyId === undefined ? {} : { where: { keyId } });
    const names = new Set(stored.map(({ name }) => name));
    const unused = keyId === undefined ? PREDEFINED_ALIASES.filter((name) => !names.has(name)) : [];
    const entries: AliasListEntry[] = [
      ...stored.map(({ name, keyId: TargetKeyId, createdAt, updatedAt }) => ({
        AliasName: name,
        AliasArn: aliasArn(scope, name),
        TargetKeyId,
        CreationDate: createdAt,
        LastUpdatedDate: updatedAt,
      })),
      ...unused.map((name) => ({ AliasName: name, AliasArn: aliasArn(scope, name) })),
    ];
    const ordered = entries.toSorted((a, b) => (a.AliasName! < b.AliasName! ? -1 : 1));
    const { items, rest } = pageOf(`aliases ${keyId ?? ""}`, ordered, ({ AliasName }) => AliasName!, input, 50);
    return { Aliases: items, ...rest };
  };
}
