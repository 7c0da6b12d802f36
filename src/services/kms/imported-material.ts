import { constants, createDecipheriv, privateDecrypt, type KeyObject } from "node:crypto";
import type { AlgorithmSpec } from "@aws-sdk/client-kms";
import { incorrectKeyMaterial, invalidCiphertext } from "./errors.ts";
import { exportPrivateKey, importPrivateKey } from "./key-material.ts";
import type { KeySpecFacts } from "./key-specs.ts";

/** How wrapping algorithms encrypt: RSA-OAEP with a hash, of the material or of an AES key that wraps it (RFC 5649). */
const WRAPPINGS: Partial<Record<AlgorithmSpec, { hash: string; byAes: boolean }>> = {
  RSAES_OAEP_SHA_1: { hash: "sha1", byAes: false },
  RSAES_OAEP_SHA_256: { hash: "sha256", byAes: false },
  RSA_AES_KEY_WRAP_SHA_1: { hash: "sha1", byAes: true },
  RSA_AES_KEY_WRAP_SHA_256: { hash: "sha256", byAes: true },
};
/** Of AES key wrap with padding. */
const WRAP_IV = Buffer.from("a65959a6", "hex");

/** Whether a wrapping algorithm is known, and suits: RSA itself cannot wrap what is as long as an RSA private key. */
export function canWrap(algorithm: AlgorithmSpec, { kind }: KeySpecFacts): boolean {
  const wrapping = WRAPPINGS[algorithm];
  return wrapping !== undefined && (wrapping.byAes || kind !== "rsa");
}

/** Opens wrapped material. @throws AwsError InvalidCiphertextException */
export function unwrapMaterial(algorithm: AlgorithmSpec, privateKey: Buffer, wrapped: Uint8Array): Buffer {
  const key = importPrivateKey(privateKey);
  const { hash, byAes } = WRAPPINGS[algorithm]!;
  try {
    if (!byAes) return decryptOaep(key, hash, wrapped);
    const length = key.asymmetricKeyDetails!.modulusLength! / 8;
    const aesKey = decryptOaep(key, hash, wrapped.subarray(0, length));
    const decipher = createDecipheriv(`id-aes${aesKey.length * 8}-wrap-pad`, aesKey, WRAP_IV);
    return Buffer.concat([decipher.update(wrapped.subarray(length)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** The material in the form in which it is kept. @throws AwsError IncorrectKeyMaterialException when the key is of another kind */
export function checkMaterial(facts: KeySpecFacts, bytes: Buffer): Buffer {
  switch (facts.kind) {
    case "symmetric":
    case "hmac":
      if (bytes.length * 8 !== facts.bits) throw incorrectKeyMaterial();
      return bytes;
    default:
      return checkPrivateKey(facts, bytes);
  }
}

function checkPrivateKey({ kind, bits, curve }: KeySpecFacts, bytes: Buffer): Buffer {
  let key: KeyObject;
  try {
    key = importPrivateKey(bytes);
  } catch {
    throw incorrectKeyMaterial();
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails!;
  const fits = kind === "rsa" ? key.asymmetricKeyType === "rsa" && modulusLength === bits : namedCurve === curve;
  if (!fits) throw incorrectKeyMaterial();
  return exportPrivateKey(key);
}

function decryptOaep(key: KeyObject, oaepHash: string, wrapped: Uint8Array): Buffer {
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped);
}
