import { parseArn } from "../../base/arn.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { aliasArn, keyArn } from "./arns.ts";
import { aliasNotFound, invalidArn, invalidKeyId, keyNotFound, otherRegion } from "./errors.ts";
import type { Kms } from "./kms.ts";
import { isPredefinedAlias, managedKey } from "./managed-keys.ts";
import type { KeyRecord } from "./records.ts";

/** A key that was found, with the account and Region that have it. */
export interface FoundKey {
  scope: Scope;
  arn: string;
  key: KeyRecord;
  /** `alias/…`, when it was named by that. */
  alias?: string;
}

export interface ReferenceOptions {
  /** Whether a key may be named by an alias: most operations that change keys want its id or ARN. */
  aliases?: boolean;
}

/** What a text names, without looking whether it is there. */
export type KeyReference = { scope: Scope } & ({ keyId: string } | { alias: string });

const KEY_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/**
 * Reads a key id, key ARN, alias name or alias ARN. Those of another account are taken: their policies decide.
 * @throws AwsError NotFoundException, InvalidArnException
 */
export function readKeyReference(scope: Scope, text: string, { aliases = false }: ReferenceOptions = {}): KeyReference {
  let owner = scope;
  let name = text;
  if (text.startsWith("arn:")) {
    const arn = parseArn(text);
    if (arn?.service !== "kms" || !arn.account) throw invalidArn(text);
    if (arn.region !== scope.region) throw otherRegion(arn.region);
    owner = { account: arn.account, region: arn.region };
    if (!/^(key|alias)\/./.test(arn.resource)) throw invalidArn(text);
    name = arn.resource.replace(/^key\//, "");
  }
  if (name.startsWith("alias/") && aliases) return { scope: owner, alias: name };
  if (!KEY_ID.test(name)) throw invalidKeyId(text);
  return { scope: owner, keyId: name };
}

/**
 * Finds a key by any of its names. An alias of an AWS managed key brings that into being.
 * @throws AwsError NotFoundException, InvalidArnException
 */
export async function findKey(kms: Kms, scope: Scope, text: string, options?: ReferenceOptions): Promise<FoundKey> {
  const reference = readKeyReference(scope, text, options);
  if ("keyId" in reference) return await existingKey(kms, reference.scope, reference.keyId);
  const { scope: owner, alias } = reference;
  const stored = await kms.records.aliases.get(scopeKey(owner), alias);
  if (stored) return { ...(await existingKey(kms, owner, stored.keyId)), alias };
  // Nobody brings the keys of another account into being.
  if (!isPredefinedAlias(alias) || owner.account !== scope.account) throw aliasNotFound(aliasArn(owner, alias));
  const key = await managedKey(kms, owner, alias);
  return { scope: owner, arn: keyArn(owner, key.keyId), key, alias };
}

/** @throws AwsError NotFoundException */
export async function existingKey(kms: Kms, scope: Scope, keyId: string): Promise<FoundKey> {
  const arn = keyArn(scope, keyId);
  const key = await kms.records.keys.get(scopeKey(scope), keyId);
  if (!key) throw keyNotFound(arn);
  return { scope, arn, key };
}
