import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { MasterKeyFacts } from "./keyring.ts";

/** What wraps the data key of a data folder. It lies outside of that folder. */
export interface MasterKey {
  facts: MasterKeyFacts;
  wrap(dataKey: Uint8Array): Buffer;
  /** @throws Error when it was wrapped by another key, or is damaged */
  unwrap(wrapped: Uint8Array): Buffer;
}

/** A master key cannot be had; the message says which, where it was looked for and what to do. */
export class MasterKeyError extends Error {
  override name = "MasterKeyError";
}

/** Bytes of a master key. */
export const MASTER_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A master key whose bytes this process knows. Its id follows from them: it is the same wherever the key is kept. */
export function knownMasterKey(key: Uint8Array, where: Omit<MasterKeyFacts, "id">): MasterKey {
  const wrappingKey = derive(key, "neargate/master-key/wrap", 32);
  return {
    facts: { ...where, id: masterKeyId(key) },
    wrap(dataKey) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", wrappingKey, nonce);
      return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap(wrapped) {
      const end = wrapped.length - TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", wrappingKey, wrapped.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(wrapped.subarray(end));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, end)), decipher.final()]);
    },
  };
}

/** 16 hexadecimal digits that tell master keys apart and nothing of them. */
export function masterKeyId(key: Uint8Array): string {
  return derive(key, "neargate/master-key/id", 8).toString("hex");
}

/** Reads 32 bytes in base 64 or hexadecimal digits, with white space around; `undefined` for anything else. */
export function parseMasterKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, "hex");
  return /^[A-Za-z0-9+/]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, "base64") : undefined;
}

function derive(key: Uint8Array, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "", info, bytes));
}
