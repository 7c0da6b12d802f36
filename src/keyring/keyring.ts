import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Of the sealed form: version, nonce, encrypted bytes, tag. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const KEY_BYTES = 32;

/** What was to be opened is damaged, or was sealed for something else or by another keyring. */
export class SealError extends Error {
  constructor(purpose: string, cause?: unknown) {
    super(`what was sealed for ${purpose} cannot be opened: it is damaged, or was sealed by another engine`, { cause });
    this.name = "SealError";
  }
}

/** Which master key keeps a keyring's data key, for people. */
export interface MasterKeyFacts {
  provider: "file" | "command" | "pkcs11";
  id: string;
  /** Where it is, without anything secret. */
  place: string;
}

/**
 * Seals the secrets of a data folder: AES-256-GCM with a random nonce, under a key for each purpose that is derived from
 * one data key (HKDF-SHA-256). Purpose and context are authenticated: what was sealed in one place opens in no other.
 */
export class Keyring {
  readonly masterKey: MasterKeyFacts;
  private readonly dataKey: Uint8Array;
  private readonly keys = new Map<string, Buffer>();

  /** @param dataKey 32 random bytes */
  constructor(dataKey: Uint8Array, masterKey: MasterKeyFacts) {
    if (dataKey.length !== KEY_BYTES) throw new Error(`a data key has ${KEY_BYTES} bytes, not ${dataKey.length}`);
    this.dataKey = dataKey;
    this.masterKey = masterKey;
  }

  /**
   * @param purpose what kind of secret it is, such as `access-key`: one of a few fixed texts
   * @param context which one it is, such as the id of its record
   */
  seal(purpose: string, plain: Uint8Array, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.keyFor(purpose), nonce);
    cipher.setAAD(associated(purpose, context));
    const encrypted = [cipher.update(plain), cipher.final()];
    return Buffer.concat([Buffer.of(VERSION), nonce, ...encrypted, cipher.getAuthTag()]);
  }

  /** @throws SealError unless it was sealed by this keyring for this purpose and context */
  open(purpose: string, sealed: Uint8Array, context: string): Buffer {
    if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== VERSION) throw new SealError(purpose);
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", this.keyFor(purpose), sealed.subarray(1, HEAD_BYTES));
    decipher.setAAD(associated(purpose, context));
    decipher.setAuthTag(sealed.subarray(end));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES, end)), decipher.final()]);
    } catch (cause) {
      throw new SealError(purpose, cause);
    }
  }

  private keyFor(purpose: string): Buffer {
    let key = this.keys.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync("sha256", this.dataKey, "", `neargate/seal/${purpose}`, KEY_BYTES));
      this.keys.set(purpose, key);
    }
    return key;
  }
}

function associated(purpose: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, context]));
}
