import { AwsError } from "../../base/errors.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { isReplica } from "./existing.ts";
import type { ReplicaRecord, SecretRecord, VersionRecord } from "./records.ts";
import { type SealedSecret, sealSecret } from "./sealing.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { hasValue, openValue, type SecretValue } from "./values.ts";

/**
 * What a secret's copies become by a change of it: the same, encrypted under the keys of their Regions. A copy that cannot
 * be made, or a key of another Region that cannot be used, fails alone, and is tried again with the next change.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
 * @param change the values of versions that are new or encrypted anew, and whether copies replace what has their name
 */
export async function copiesOf(
  secrets: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
  { values, overwrite }: { values: ReadonlyMap<string, SecretValue>; overwrite: boolean },
  caller: Caller,
): Promise<{ replicas: ReplicaRecord[]; copies: SealedSecret[] }> {
  const replicas: ReplicaRecord[] = [];
  const copies: SealedSecret[] = [];
  for (const replica of secret.replicas) {
    const there = { ...scope, region: replica.region };
    const found = await secrets.records.secrets.get(scopeKey(there), secret.name);
    const present = found && isCopyOf(scope, secret, there, found) ? found : undefined;
    if (found && !present && !overwrite) {
      const statusMessage = `Replication failed: Secret name ${secret.name} already exists in region ${replica.region}.`;
      replicas.push({ ...replica, status: "Failed", statusMessage });
      continue;
    }
    const copied: SecretRecord = {
      ...secret,
      kmsKeyId: replica.kmsKeyId,
      accessedAt: present?.accessedAt,
      versions: secret.versions.map((version) => copiedVersion(version, present)),
      replicas: [],
      rotation: undefined, // it is the secret that is rotated
      primaryRegion: scope.region,
    };
    try {
      const missing = await missingValues(secrets, { scope, there }, secret, values, caller);
      copies.push(await sealSecret(secrets, there, copied, missing, caller));
      replicas.push({ ...replica, status: "InSync", statusMessage: "Replication succeeded" });
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      replicas.push({ ...replica, status: "Failed", statusMessage: `Replication failed: ${cause.message}` });
    }
  }
  return { replicas, copies };
}

/** Whether a secret of another Region is the copy of one. */
export function isCopyOf(scope: Scope, { suffix }: SecretRecord, there: Scope, other: SecretRecord): boolean {
  return other.suffix === suffix && isReplica(there, other) && other.primaryRegion === scope.region;
}

/** Brings the labels of a secret's copies up to date. Part of a transaction. */
export async function relabelCopies({ records }: SecretsManager, scope: Scope, secret: SecretRecord): Promise<void> {
  for (const { region, status } of secret.replicas)
    if (status === "InSync")
      await records.secrets.update(scopeKey({ ...scope, region }), secret.name, (copy) => ({
        ...copy,
        versions: secret.versions.map((version) => copiedVersion(version, copy)),
      }));
}

function copiedVersion({ versionId, createdAt, stages }: VersionRecord, copy: SecretRecord | undefined): VersionRecord {
  const known = copy?.versions.find((version) => version.versionId === versionId);
  return { versionId, createdAt, stages, kmsKeyArn: known?.kmsKeyArn, accessedAt: known?.accessedAt };
}

/** The values that a secret has and its copy has not. */
async function missingValues(
  secrets: SecretsManager,
  { scope, there }: { scope: Scope; there: Scope },
  secret: SecretRecord,
  values: ReadonlyMap<string, SecretValue>,
  caller: Caller,
): Promise<Map<string, SecretValue>> {
  const missing = new Map<string, SecretValue>();
  for (const { versionId } of secret.versions) {
    if (await hasValue(secrets, there, secret, versionId)) continue;
    const known = values.get(versionId);
    if (known) missing.set(versionId, known);
    else if (await hasValue(secrets, scope, secret, versionId))
      missing.set(versionId, await openValue(secrets, scope, secret, versionId, caller));
  }
  return missing;
}
