import { constants, createHash, privateEncrypt, publicDecrypt, randomBytes, type KeyObject } from "node:crypto";

/* RSA signatures over a digest that was made elsewhere (RFC 8017): node:crypto always hashes what it signs. */

export type RsaHash = "sha256" | "sha384" | "sha512";

/** What stands before a digest in a PKCS #1 v1.5 signature: a DigestInfo. */
const DIGEST_INFO: Readonly<Record<RsaHash, Buffer>> = {
  sha256: Buffer.from("3031300d060960864801650304020105000420", "hex"),
  sha384: Buffer.from("3041300d060960864801650304020205000430", "hex"),
  sha512: Buffer.from("3051300d060960864801650304020305000440", "hex"),
};

export function signPkcs1Digest(key: KeyObject, hash: RsaHash, digest: Uint8Array): Buffer {
  const info = Buffer.concat([DIGEST_INFO[hash], digest]);
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info);
}

export function verifyPkcs1Digest(key: KeyObject, hash: RsaHash, digest: Uint8Array, signature: Uint8Array): boolean {
  const info = recover(key, constants.RSA_PKCS1_PADDING, signature);
  return info !== undefined && info.equals(Buffer.concat([DIGEST_INFO[hash], digest]));
}

/** PSS with MGF1 of the same hash and a salt of its length. */
export function signPssDigest(key: KeyObject, hash: RsaHash, digest: Uint8Array): Buffer {
  const length = modulusBytes(key);
  const salt = randomBytes(digest.length);
  const hashed = pssHash(hash, digest, salt);
  // The modulus has a multiple of 8 bits: the first bit of the encoded message stays clear.
  const block = Buffer.alloc(length - digest.length - 1);
  salt.copy(block, block.length - salt.length);
  block[block.length - salt.length - 1] = 0x01;
  mask(block, hash, hashed);
  block[0]! &= 0x7f;
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.concat([block, hashed, Buffer.of(0xbc)]));
}

export function verifyPssDigest(key: KeyObject, hash: RsaHash, digest: Uint8Array, signature: Uint8Array): boolean {
  const message = recover(key, constants.RSA_NO_PADDING, signature);
  if (message?.at(-1) !== 0xbc || message[0]! >= 0x80) return false;
  const split = message.length - digest.length - 1;
  const block = Buffer.from(message.subarray(0, split));
  const hashed = message.subarray(split, -1);
  mask(block, hash, hashed);
  block[0]! &= 0x7f;
  const one = block.length - digest.length - 1;
  if (block[one] !== 0x01 || block.subarray(0, one).some((byte) => byte !== 0)) return false;
  return pssHash(hash, digest, block.subarray(one + 1)).equals(hashed);
}

function pssHash(hash: RsaHash, digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** MGF1: as many bytes as the block has, from the seed, are laid over it. */
function mask(block: Buffer, hash: RsaHash, seed: Uint8Array): void {
  for (let at = 0, count = 0; at < block.length; count++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (at === block.length) break;
      block[at++]! ^= byte;
    }
  }
}

function recover(key: KeyObject, padding: number, signature: Uint8Array): Buffer | undefined {
  if (signature.length !== modulusBytes(key)) return undefined;
  try {
    return publicDecrypt({ key, padding }, signature);
  } catch {
    return undefined; // not made with this key
  }
}

function modulusBytes(key: KeyObject): number {
  return key.asymmetricKeyDetails!.modulusLength! / 8;
}
