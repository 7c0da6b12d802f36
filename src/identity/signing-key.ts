import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export const TERMINATOR = "aws4_request";

/** More than a day's keys of any engine; beyond it the cache starts anew. */
const MAX_CACHED = 1000;

/** Derives the keys that requests are signed with, and keeps them: a key serves a day, Region and service. */
export class SigningKeys {
  private readonly derived = new Map<string, KeyObject>();

  /** The signature of a text. */
  sign(secret: string, date: string, region: string, service: string, text: string): Buffer {
    return hmac(this.key(secret, date, region, service), text);
  }

  private key(secret: string, date: string, region: string, service: string): KeyObject {
    const id = `${date}/${region}/${service}/${secret}`;
    const known = this.derived.get(id);
    if (known) return known;
    const key = createSecretKey(hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), TERMINATOR));
    if (this.derived.size >= MAX_CACHED) this.derived.clear();
    this.derived.set(id, key);
    return key;
  }
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Hexadecimal SHA-256. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}
