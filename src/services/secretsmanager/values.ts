import { openWithDataKey, sealWithDataKey } from "../../base/data-key.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { keyFailure, tooLarge, twoValues, versionNotFound } from "./errors.ts";
import { secretArn } from "./identifiers.ts";
import type { SecretRecord, ValueRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";

const DEFAULT_KEY = "alias/aws/secretsmanager";
const MAX_BYTES = 65_536;

/** A value in the clear: never stored, never logged. */
export interface SecretValue {
  kind: ValueRecord["kind"];
  bytes: Buffer;
}

/** Which secret, in which Region and under which key a value is encrypted. */
export type ValueOwner = Pick<SecretRecord, "name" | "suffix" | "kmsKeyId">;

/** @throws AwsError InvalidParameterException when both forms are given, ValidationException */
export function requestedValue({
  SecretString,
  SecretBinary,
}: {
  SecretString?: string | undefined;
  SecretBinary?: Uint8Array | undefined;
}): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) throw twoValues();
  if (SecretString !== undefined) return checked({ kind: "string", bytes: Buffer.from(SecretString) });
  if (SecretBinary !== undefined) return { kind: "binary", bytes: Buffer.from(SecretBinary) };
  return undefined;
}

/** The model counts characters, AWS bytes. */
function checked(value: SecretValue): SecretValue {
  if (value.bytes.length > MAX_BYTES) throw tooLarge(MAX_BYTES);
  return value;
}

export function shownValue({ kind, bytes }: SecretValue): { SecretString: string } | { SecretBinary: Uint8Array } {
  return kind === "string" ? { SecretString: bytes.toString() } : { SecretBinary: bytes };
}

export function sameValue(one: SecretValue, other: SecretValue): boolean {
  return one.kind === other.kind && one.bytes.equals(other.bytes);
}

/** Where the value of a version is kept. */
export function valueId({ name, suffix }: ValueOwner, versionId: string): string {
  return `${name}-${suffix}:${versionId}`;
}

/** Whether a version has a value: a rotation makes one without. */
export async function hasValue(
  { records }: SecretsManager,
  scope: Scope,
  owner: ValueOwner,
  versionId: string,
): Promise<boolean> {
  return (await records.values.get(scopeKey(scope), valueId(owner, versionId))) !== undefined;
}

/** The customer's key in a request; `undefined` for the AWS managed one, by any of its names. */
export function customerKey(scope: Scope, kmsKeyId: string | undefined): string | undefined {
  const managed = ["", DEFAULT_KEY, `arn:aws:kms:${scope.region}:${scope.account}:${DEFAULT_KEY}`];
  return kmsKeyId === undefined || managed.includes(kmsKeyId) ? undefined : kmsKeyId;
}

/**
 * Encrypts a value under a data key of its own, with the caller's rights on the secret's key.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * @returns it, and the customer's key that it is under
 * @throws AwsError EncryptionFailure, AccessDeniedException
 */
export async function sealValue(
  { keys }: SecretsManager,
  scope: Scope,
  owner: ValueOwner,
  versionId: string,
  value: SecretValue,
  caller: Caller,
): Promise<{ record: ValueRecord; kmsKeyArn?: string }> {
  const encryptionContext = contextOf(scope, owner, versionId);
  const us = throughUs(caller, scope);
  try {
    const key = await keys.generateDataKey({
      scope,
      keyId: owner.kmsKeyId ?? DEFAULT_KEY,
      encryptionContext,
      caller: us,
    });
    // As on AWS: who writes what it may not read would lock itself out.
    if (owner.kmsKeyId !== undefined)
      (await keys.decrypt({ scope, ciphertextBlob: key.ciphertextBlob, encryptionContext, caller: us })).plaintext.fill(
        0,
      );
    const record: ValueRecord = {
      kind: value.kind,
      dataKey: key.ciphertextBlob.toString("base64"),
      sealed: sealWithDataKey(key.plaintext, value.bytes, JSON.stringify(encryptionContext)),
    };
    key.plaintext.fill(0);
    return { record, ...(owner.kmsKeyId === undefined ? {} : { kmsKeyArn: key.keyArn }) };
  } catch (cause) {
    throw keyFailure(cause, "encrypt");
  }
}

/**
 * Checks that a caller may use a secret's key while there is no value to encrypt.
 * @throws AwsError EncryptionFailure, AccessDeniedException
 */
export async function checkKey(
  secrets: SecretsManager,
  scope: Scope,
  owner: ValueOwner,
  caller: Caller,
): Promise<void> {
  if (owner.kmsKeyId === undefined) return;
  const nothing: SecretValue = { kind: "binary", bytes: Buffer.alloc(0) };
  await sealValue(secrets, scope, owner, "RequestToValidateKeyAccess", nothing, caller);
}

/**
 * Reads a value with the caller's rights on the key that it is under.
 * @throws AwsError DecryptionFailure, AccessDeniedException, ResourceNotFoundException for a version without a value
 */
export async function openValue(
  { keys, records }: SecretsManager,
  scope: Scope,
  owner: ValueOwner,
  versionId: string,
  caller: Caller,
): Promise<SecretValue> {
  const stored = await records.values.get(scopeKey(scope), valueId(owner, versionId));
  if (!stored) throw versionNotFound(versionId);
  const encryptionContext = contextOf(scope, owner, versionId);
  const ciphertextBlob = Buffer.from(stored.dataKey, "base64");
  try {
    const { plaintext } = await keys.decrypt({
      scope,
      ciphertextBlob,
      encryptionContext,
      caller: throughUs(caller, scope),
    });
    const bytes = openWithDataKey(plaintext, stored.sealed, JSON.stringify(encryptionContext));
    plaintext.fill(0);
    return { kind: stored.kind, bytes };
  } catch (cause) {
    throw keyFailure(cause, "decrypt");
  }
}

function contextOf(scope: Scope, owner: ValueOwner, versionId: string): Record<string, string> {
  return { SecretARN: secretArn(scope, owner), SecretVersionId: versionId };
}

/** Keys see the caller as one who comes through Secrets Manager, in the Region of the secret. */
function throughUs(caller: Caller, { region }: Scope): Caller {
  return { ...caller, region, calledVia: "secretsmanager.amazonaws.com" };
}
