import { decryptBlob, encryptBlob, isOfMaterial, type EncryptionContext } from "./ciphertext.ts";
import { invalidCiphertext } from "./errors.ts";
import { currentMaterial, openMaterial } from "./key-material.ts";
import type { FoundKey } from "./key-reference.ts";
import type { Kms } from "./kms.ts";

/** Encrypts under the material that a symmetric key has now. The key is enabled. */
export function encryptSymmetric(
  kms: Kms,
  { key, arn, scope }: FoundKey,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const material = currentMaterial(key);
  const names = { account: scope.account, keyId: key.keyId, materialId: material.id };
  return encryptBlob(names, openMaterial(kms.keyring, arn, material), plaintext, context);
}

/**
 * Decrypts with the material that encrypted. The key is enabled.
 * @throws AwsError InvalidCiphertextException
 */
export function decryptSymmetric(
  kms: Kms,
  { key, arn }: FoundKey,
  blob: Uint8Array,
  context: EncryptionContext,
): { plaintext: Buffer; materialId: string } {
  const material = key.materials.find(({ id, pending }) => !pending && isOfMaterial(blob, id));
  if (!material) throw invalidCiphertext();
  return { plaintext: decryptBlob(openMaterial(kms.keyring, arn, material), blob, context), materialId: material.id };
}
