import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import type { SecretRecord, ValueRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { sealValue, type SecretValue } from "./values.ts";

/** A secret as it is to be written in one Region, with the values that are new to it. */
export interface SealedSecret {
  scope: Scope;
  secret: SecretRecord;
  /** By their versions. */
  values: ReadonlyMap<string, ValueRecord>;
}

/**
 * Encrypts values of a secret for its Region, and notes the keys that they are under.
 * @param values by their versions; those of other versions stay as they are
 * @throws AwsError EncryptionFailure, AccessDeniedException
 */
export async function sealSecret(
  secrets: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
  values: ReadonlyMap<string, SecretValue>,
  caller: Caller,
): Promise<SealedSecret> {
  const sealed = new Map<string, ValueRecord>();
  const versions = [];
  for (const version of secret.versions) {
    const value = values.get(version.versionId);
    if (!value) {
      versions.push(version);
      continue;
    }
    const { record, kmsKeyArn } = await sealValue(secrets, scope, secret, version.versionId, value, caller);
    sealed.set(version.versionId, record);
    versions.push({ ...version, kmsKeyArn });
  }
  return { scope, secret: { ...secret, versions }, values: sealed };
}
