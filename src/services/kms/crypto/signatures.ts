import { constants, createHash, sign, verify, type KeyObject, type SignKeyObjectInput } from "node:crypto";
import type { SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { signDigest, verifyDigest } from "./ecdsa-digest.ts";
import { signPkcs1Digest, signPssDigest, verifyPkcs1Digest, verifyPssDigest, type RsaHash } from "./rsa-digest.ts";

/** What is signed: the message, or its digest. */
export interface Signed {
  bytes: Uint8Array;
  isDigest: boolean;
}

interface Scheme {
  hash: RsaHash;
  padding: "pss" | "pkcs1" | undefined;
}

/** Bytes of the digest that an algorithm signs. */
export function digestBytes(algorithm: SigningAlgorithmSpec): number {
  return createHash(schemeOf(algorithm).hash).digest().length;
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html: RSA or ECDSA, the latter in DER */
export function makeSignature(algorithm: SigningAlgorithmSpec, key: KeyObject, { bytes, isDigest }: Signed): Buffer {
  const { hash, padding } = schemeOf(algorithm);
  if (!isDigest) return sign(hash, bytes, keyInput(key, padding));
  if (padding === "pss") return signPssDigest(key, hash, bytes);
  return padding === "pkcs1" ? signPkcs1Digest(key, hash, bytes) : signDigest(key, bytes);
}

/** @param key the public one; anything that is no signature is not a valid one */
export function isSignature(
  algorithm: SigningAlgorithmSpec,
  key: KeyObject,
  { bytes, isDigest }: Signed,
  signature: Uint8Array,
): boolean {
  const { hash, padding } = schemeOf(algorithm);
  // RFC 8017: as long as the modulus. OpenSSL takes one without its leading zeros as well.
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && signature.length !== modulusLength / 8) return false;
  if (!isDigest) return verify(hash, bytes, keyInput(key, padding), signature);
  if (padding === "pss") return verifyPssDigest(key, hash, bytes, signature);
  return padding === "pkcs1" ? verifyPkcs1Digest(key, hash, bytes, signature) : verifyDigest(key, bytes, signature);
}

function schemeOf(algorithm: SigningAlgorithmSpec): Scheme {
  const hash = `sha${algorithm.slice(-3)}` as RsaHash;
  if (algorithm.startsWith("RSASSA_PSS")) return { hash, padding: "pss" };
  return { hash, padding: algorithm.startsWith("RSASSA_PKCS1") ? "pkcs1" : undefined };
}

function keyInput(key: KeyObject, padding: Scheme["padding"]): SignKeyObjectInput {
  if (padding === "pss")
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return { key };
}
