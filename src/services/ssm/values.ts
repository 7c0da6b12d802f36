import { openWithDataKey, sealWithDataKey } from "../../base/data-key.ts";
import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { keyFailure } from "./errors.ts";
import { parameterArn } from "./names.ts";
import type { StoredValue, VersionRecord } from "./records.ts";
import type { Ssm } from "./ssm.ts";

/** What encrypts a SecureString unless another key is named. */
export const DEFAULT_KEY = "alias/aws/ssm";
const PURPOSE = "ssm-parameter";

/** Whose value is encrypted how. */
export type ValueOwner = Pick<VersionRecord, "type" | "tier" | "keyId"> & { name: string };

/**
 * Encrypts a value: a SecureString with the caller's rights on its key, anything else by the engine's keyring.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 * @throws AwsError InvalidKeyId, AccessDeniedException
 */
export async function sealValue(
  ssm: Ssm,
  scope: Scope,
  owner: ValueOwner,
  value: string,
  caller: Caller,
): Promise<StoredValue> {
  const { keys, keyring } = ssm;
  const arn = parameterArn(scope, owner.name);
  const plaintext = Buffer.from(value);
  if (owner.type !== "SecureString")
    return { by: "keyring", sealed: keyring.seal(PURPOSE, plaintext, arn).toString("base64") };
  const request = { ...keyRequest(scope, arn, caller), keyId: owner.keyId ?? DEFAULT_KEY };
  try {
    if (owner.tier === "Standard") {
      const { ciphertextBlob } = await keys.encrypt({ ...request, plaintext });
      return { by: "kms", ciphertext: ciphertextBlob.toString("base64") };
    }
    const key = await keys.generateDataKey(request);
    const sealed = sealWithDataKey(key.plaintext, plaintext, arn);
    key.plaintext.fill(0);
    return { by: "data-key", dataKey: key.ciphertextBlob.toString("base64"), sealed };
  } catch (cause) {
    throw keyFailure(cause, "encrypt", ssm.ids.uuid());
  }
}

/**
 * Reads a value.
 * @param decrypt without it a SecureString is given as it is encrypted
 * @throws AwsError InvalidKeyId, AccessDeniedException
 */
export async function openValue(
  ssm: Ssm,
  scope: Scope,
  name: string,
  stored: StoredValue,
  { decrypt, caller }: { decrypt: boolean; caller: Caller },
): Promise<string> {
  const { keys, keyring } = ssm;
  const arn = parameterArn(scope, name);
  if (stored.by === "keyring") return keyring.open(PURPOSE, Buffer.from(stored.sealed, "base64"), arn).toString();
  if (!decrypt) return stored.by === "kms" ? stored.ciphertext : joined(stored.dataKey, stored.sealed);
  const request = keyRequest(scope, arn, caller);
  try {
    if (stored.by === "kms") {
      const ciphertextBlob = Buffer.from(stored.ciphertext, "base64");
      return (await keys.decrypt({ ...request, ciphertextBlob })).plaintext.toString();
    }
    const { plaintext: key } = await keys.decrypt({
      ...request,
      ciphertextBlob: Buffer.from(stored.dataKey, "base64"),
    });
    const value = openWithDataKey(key, stored.sealed, arn).toString();
    key.fill(0);
    return value;
  } catch (cause) {
    throw keyFailure(cause, "decrypt", ssm.ids.uuid());
  }
}

/** Keys see the caller as one who comes through Systems Manager. */
function keyRequest(scope: Scope, arn: string, caller: Caller) {
  const throughUs: Caller = { ...caller, region: scope.region, calledVia: "ssm.amazonaws.com" };
  return { scope, encryptionContext: { PARAMETER_ARN: arn }, caller: throughUs };
}

function joined(...texts: string[]): string {
  return Buffer.concat(texts.map((text) => Buffer.from(text, "base64"))).toString("base64");
}
