import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { primarySecret } from "./existing.ts";
import { parseSecretId } from "./identifiers.ts";
import type { SecretRecord } from "./records.ts";
import { copiesOf } from "./replication.ts";
import { type SealedSecret, sealSecret } from "./sealing.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { type SecretValue, valueId } from "./values.ts";

/** A secret as it is to be, with the values that are new to it by their versions. */
export interface SecretChange {
  secret: SecretRecord;
  values?: ReadonlyMap<string, SecretValue>;
  /** Whether its copies take the places of other secrets of their name. */
  overwrite?: boolean | undefined;
}

/**
 * Changes a secret, and with it its copies in other Regions.
 * @param change gives the secret as it is to be, or nothing to leave it as it is
 * @returns it as it then is
 * @throws AwsError as {@link primarySecret}, what `change` throws, and EncryptionFailure, AccessDeniedException
 */
export function changeSecret(
  secrets: SecretsManager,
  scope: Scope,
  id: string,
  caller: Caller,
  change: (now: SecretRecord) => Promise<SecretChange | undefined> | SecretChange | undefined,
): Promise<SecretRecord> {
  return secrets.exclusively(scope, parseSecretId(scope, id).name, async () => {
    const before = await primarySecret(secrets, scope, id);
    const wanted = await change(before);
    return wanted ? await writeSecret(secrets, scope, wanted, caller, before) : before;
  });
}

/**
 * Writes a secret and its copies as a whole. Its caller is the only one who changes it meanwhile.
 * @param before what it was; absent for a new secret
 * @returns it as it was written
 * @throws AwsError EncryptionFailure, AccessDeniedException
 */
export async function writeSecret(
  secrets: SecretsManager,
  scope: Scope,
  { secret, values = new Map(), overwrite = false }: SecretChange,
  caller: Caller,
  before?: SecretRecord,
): Promise<SecretRecord> {
  const sealed = await sealSecret(secrets, scope, secret, values, caller);
  const { replicas, copies } = await copiesOf(secrets, scope, sealed.secret, { values, overwrite }, caller);
  const written = { ...sealed.secret, replicas };
  await secrets.store.transaction(async () => {
    await put(secrets, { ...sealed, secret: written }, before);
    for (const copy of copies)
      await put(secrets, copy, await secrets.records.secrets.get(scopeKey(copy.scope), copy.secret.name));
  });
  return written;
}

/** Removes a secret of one Region with its values. Part of a transaction. */
export async function removeSecret({ records }: SecretsManager, scope: Scope, secret: SecretRecord): Promise<void> {
  const key = scopeKey(scope);
  for (const { versionId } of secret.versions) await records.values.delete(key, valueId(secret, versionId));
  await records.secrets.delete(key, secret.name);
}

async function put(
  secrets: SecretsManager,
  { scope, secret, values }: SealedSecret,
  before: SecretRecord | undefined,
): Promise<void> {
  const { records } = secrets;
  const key = scopeKey(scope);
  const staying = before?.suffix === secret.suffix ? secret.versions.map(({ versionId }) => versionId) : [];
  for (const { versionId } of before?.versions ?? [])
    if (!staying.includes(versionId)) await records.values.delete(key, valueId(before!, versionId));
  for (const [versionId, value] of values) await records.values.put(key, valueId(secret, versionId), value);
  await records.secrets.put(key, secret.name, secret);
}
