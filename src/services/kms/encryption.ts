import { constants, createPublicKey, privateDecrypt, publicEncrypt } from "node:crypto";
import type { EncryptionAlgorithmSpec } from "@aws-sdk/client-kms";
import type { Scope } from "../../base/scope.ts";
import { readCiphertextKey, type EncryptionContext } from "./ciphertext.ts";
import { incompatibleAlgorithm, incorrectKey, invalidCiphertext, invalidUsage, validationError } from "./errors.ts";
import { currentMaterial, importPrivateKey, openMaterial } from "./key-material.ts";
import { existingKey, findKey, type FoundKey } from "./key-reference.ts";
import { factsOf } from "./key-specs.ts";
import type { Kms } from "./kms.ts";
import { decryptSymmetric, encryptSymmetric } from "./symmetric.ts";

/** Of OAEP: the hash, and the bytes that it takes of each block. */
const OAEP: Partial<Record<EncryptionAlgorithmSpec, { hash: string; overhead: number }>> = {
  RSAES_OAEP_SHA_1: { hash: "sha1", overhead: 42 },
  RSAES_OAEP_SHA_256: { hash: "sha256", overhead: 66 },
};

interface Encryption {
  algorithm: EncryptionAlgorithmSpec;
  context: EncryptionContext;
  /** As in `Encrypt`, for errors. */
  operation: string;
}

/** @throws AwsError unless the key encrypts by this algorithm */
export function requireEncryption({ key, arn }: FoundKey, { algorithm, context, operation }: Encryption): void {
  if (key.usage !== "ENCRYPT_DECRYPT") throw invalidUsage(arn, key.usage, operation);
  if (!factsOf(key).encryption.includes(algorithm)) throw incompatibleAlgorithm(algorithm, key.spec);
  if (algorithm !== "SYMMETRIC_DEFAULT" && Object.keys(context).length > 0)
    throw validationError("You cannot specify an encryption context with an asymmetric encryption algorithm.");
}

/** Encrypts under a key that is enabled and {@link requireEncryption}. @throws AwsError ValidationException when it is too long */
export function encrypt(kms: Kms, found: FoundKey, plaintext: Uint8Array, { algorithm, context }: Encryption): Buffer {
  if (algorithm === "SYMMETRIC_DEFAULT") return encryptSymmetric(kms, found, plaintext, context);
  const { hash, overhead } = OAEP[algorithm]!;
  const { key } = found;
  const limit = factsOf(key).bits / 8 - overhead;
  if (plaintext.length > limit)
    throw validationError(
      `Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${limit} bytes.`,
    );
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey!, "base64"), format: "der", type: "spki" });
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, plaintext);
}

/** The same the other way; `materialId` where a key may have had several. @throws AwsError InvalidCiphertextException */
export function decrypt(
  kms: Kms,
  found: FoundKey,
  blob: Uint8Array,
  { algorithm, context }: Encryption,
): { plaintext: Buffer; materialId?: string } {
  if (algorithm === "SYMMETRIC_DEFAULT") return decryptSymmetric(kms, found, blob, context);
  const key = importPrivateKey(openMaterial(kms.keyring, found.arn, currentMaterial(found.key)));
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return { plaintext: privateDecrypt({ key, padding, oaepHash: OAEP[algorithm]!.hash }, blob) };
  } catch {
    throw invalidCiphertext();
  }
}

/**
 * The key that made a ciphertext: a symmetric one is named in it, and must be the one that the request names, if it does.
 * @throws AwsError InvalidCiphertextException, IncorrectKeyException, NotFoundException, ValidationException
 */
export async function decryptionKey(
  kms: Kms,
  scope: Scope,
  { blob, keyId, algorithm }: { blob: Uint8Array; keyId: string | undefined; algorithm: EncryptionAlgorithmSpec },
): Promise<FoundKey> {
  const named = keyId === undefined ? undefined : await findKey(kms, scope, keyId, { aliases: true });
  if (algorithm !== "SYMMETRIC_DEFAULT") {
    if (!named)
      throw validationError("KeyId is required when the ciphertext was encrypted under an asymmetric KMS key.");
    return named;
  }
  const made = readCiphertextKey(blob);
  if (!made) throw invalidCiphertext();
  if (!named) return await existingKey(kms, { account: made.account, region: scope.region }, made.keyId);
  if (named.key.keyId !== made.keyId || named.scope.account !== made.account) throw incorrectKey();
  return named;
}
