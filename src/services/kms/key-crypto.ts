import { randomBytes } from "node:crypto";
import type { KeyState } from "@aws-sdk/client-kms";
import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { readCiphertextKey, type EncryptionContext } from "./ciphertext.ts";
import { invalidCiphertext, invalidUsage } from "./errors.ts";
import { keyCheck, type KeyCheckOptions } from "./key-checks.ts";
import { existingKey, findKey, type FoundKey } from "./key-reference.ts";
import { keyState, requireState } from "./key-state.ts";
import type { Kms } from "./kms.ts";
import { decryptSymmetric, encryptSymmetric } from "./symmetric.ts";

/** Bytes of a data key: AES-256. */
const DATA_KEY_BYTES = 32;

/** Which key another service uses, for what, and in whose name. */
export interface KeyUse {
  /** Of the request to the other service. */
  scope: Scope;
  /** Key id, key ARN, alias name or alias ARN, such as `alias/aws/secretsmanager`. */
  keyId: string;
  encryptionContext: EncryptionContext;
  /** `calledVia` names the service that asks: `kms:ViaService`. */
  caller: Caller;
}

/** A key as other services see it. */
export interface ResolvedKey {
  keyId: string;
  keyArn: string;
  state: KeyState;
  enabled: boolean;
  spec: string;
  usage: string;
  manager: "CUSTOMER" | "AWS";
}

/**
 * What other services do with KMS keys. The caller's rights on the key are checked as for its own requests, and the
 * errors are those of KMS; AWS managed keys come into being at their first use.
 */
export interface KeyCrypto {
  /**
   * `kms:GenerateDataKey`: 32 random bytes, and the same encrypted under the key.
   * @throws AccessDenied, AwsError NotFoundException, DisabledException, KMSInvalidStateException, InvalidKeyUsageException
   */
  generateDataKey(use: KeyUse): Promise<{ plaintext: Buffer; ciphertextBlob: Buffer; keyArn: string }>;
  /** `kms:Encrypt`: at most 4096 bytes. @throws as {@link generateDataKey} */
  encrypt(use: KeyUse & { plaintext: Uint8Array }): Promise<{ ciphertextBlob: Buffer; keyArn: string }>;
  /** `kms:Decrypt` with the key that encrypted. @throws as {@link generateDataKey}, and AwsError InvalidCiphertextException */
  decrypt(use: Omit<KeyUse, "keyId"> & { ciphertextBlob: Uint8Array }): Promise<{ plaintext: Buffer; keyArn: string }>;
  /** `kms:GenerateDataKeyWithoutPlaintext`: so many random bytes, encrypted under the key. @throws as {@link generateDataKey} */
  generateDataKeyWithoutPlaintext(use: KeyUse & { bytes: number }): Promise<{ ciphertextBlob: Buffer; keyArn: string }>;
  /**
   * Decrypts as the service that the caller comes through: the caller needs `kms:CreateGrant`, and what it grants to the
   * service, `kms:Decrypt` of this context, is used up by this call. @throws as {@link decrypt}
   */
  decryptByGrant(
    use: Omit<KeyUse, "keyId"> & { ciphertextBlob: Uint8Array },
  ): Promise<{ plaintext: Buffer; keyArn: string }>;
  /** Finds a key without asking for rights. @throws AwsError NotFoundException, InvalidArnException */
  resolveKey(scope: Scope, keyId: string): Promise<ResolvedKey>;
}

export function keyCrypto(kms: Kms): KeyCrypto {
  const usable = async (
    action: string,
    found: FoundKey,
    { caller, encryptionContext }: Omit<KeyUse, "keyId">,
    options: KeyCheckOptions = {},
  ) => {
    const { key, arn } = found;
    const check = await keyCheck(kms, caller, action, found, { encryptionContext, ...options });
    await kms.authorizer.authorize(caller, [check]);
    requireState(key, arn);
    if (key.spec !== "SYMMETRIC_DEFAULT") throw invalidUsage(arn, key.usage, action);
    return found;
  };
  const named = async (action: string, use: KeyUse) =>
    await usable(action, await findKey(kms, use.scope, use.keyId, { aliases: true }), use);
  /** The key that encrypted. */
  const keyOf = async ({ region }: Scope, ciphertextBlob: Uint8Array) => {
    const made = readCiphertextKey(ciphertextBlob);
    if (!made) throw invalidCiphertext();
    return await existingKey(kms, { account: made.account, region }, made.keyId);
  };
  const opened = (found: FoundKey, { ciphertextBlob, encryptionContext }: Parameters<KeyCrypto["decrypt"]>[0]) => ({
    plaintext: decryptSymmetric(kms, found, ciphertextBlob, encryptionContext).plaintext,
    keyArn: found.arn,
  });

  return {
    async generateDataKey(use) {
      const found = await named("GenerateDataKey", use);
      const plaintext = randomBytes(DATA_KEY_BYTES);
      const ciphertextBlob = encryptSymmetric(kms, found, plaintext, use.encryptionContext);
      return { plaintext, ciphertextBlob, keyArn: found.arn };
    },
    async encrypt(use) {
      const found = await named("Encrypt", use);
      return { ciphertextBlob: encryptSymmetric(kms, found, use.plaintext, use.encryptionContext), keyArn: found.arn };
    },
    async decrypt(use) {
      return opened(await usable("Decrypt", await keyOf(use.scope, use.ciphertextBlob), use), use);
    },
    async generateDataKeyWithoutPlaintext(use) {
      const found = await named("GenerateDataKeyWithoutPlaintext", use);
      const plaintext = randomBytes(use.bytes);
      const ciphertextBlob = encryptSymmetric(kms, found, plaintext, use.encryptionContext);
      plaintext.fill(0);
      return { ciphertextBlob, keyArn: found.arn };
    },
    async decryptByGrant(use) {
      const grant = {
        operations: ["Decrypt" as const],
        constraints: { EncryptionContextSubset: use.encryptionContext },
      };
      const conditions = {
        "kms:GrantIsForAWSResource": "true",
        "kms:GrantOperations": grant.operations,
        "kms:GrantConstraintType": ["EncryptionContextSubset"],
      };
      const found = await keyOf(use.scope, use.ciphertextBlob);
      return opened(await usable("CreateGrant", found, use, { grant, conditions }), use);
    },
    async resolveKey(scope, keyId) {
      const { key, arn } = await findKey(kms, scope, keyId, { aliases: true });
      const state = keyState(key);
      const { spec, usage, manager } = key;
      return { keyId: key.keyId, keyArn: arn, state, enabled: state === "Enabled", spec, usage, manager };
    },
  };
}
