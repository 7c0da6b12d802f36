import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { invalidCiphertext } from "./errors.ts";

/* What symmetric keys make: version, account, key id, key material id (first half), salt, nonce, encrypted bytes, tag. */
const VERSION = 1;
const ACCOUNT_BYTES = 6;
const ID_BYTES = 16;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NAMES_BYTES = 1 + ACCOUNT_BYTES + 2 * ID_BYTES;
const HEAD_BYTES = NAMES_BYTES + SALT_BYTES + NONCE_BYTES;

/** Which key, and which of its materials, encrypted something. */
export interface CiphertextKey {
  account: string;
  keyId: string;
  materialId: string;
}

/** Names and values that must be the same at decryption. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * Encrypts with AES-256-GCM, each time under another key that is derived from the material; the blob says which key and
 * material that was, so that it decrypts after a rotation too.
 */
export function encryptBlob(
  names: CiphertextKey,
  material: Uint8Array,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const head = Buffer.concat([formatNames(names), randomBytes(SALT_BYTES + NONCE_BYTES)]);
  const cipher = createCipheriv("aes-256-gcm", blobKey(material, head), nonceOf(head));
  cipher.setAAD(associated(head, context));
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The key of a blob; `undefined` for what no symmetric key made. */
export function readCiphertextKey(blob: Uint8Array): Pick<CiphertextKey, "account" | "keyId"> | undefined {
  if (blob.length < HEAD_BYTES + TAG_BYTES || blob[0] !== VERSION) return undefined;
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length);
  const account = String(bytes.readUIntBE(1, ACCOUNT_BYTES)).padStart(12, "0");
  const hex = bytes.toString("hex", 1 + ACCOUNT_BYTES, 1 + ACCOUNT_BYTES + ID_BYTES);
  return { account, keyId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") };
}

/** Whether a material, by its id, encrypted a blob. */
export function isOfMaterial(blob: Uint8Array, materialId: string): boolean {
  return Buffer.from(blob.subarray(NAMES_BYTES - ID_BYTES, NAMES_BYTES)).equals(half(materialId));
}

/** @throws AwsError InvalidCiphertextException when anything of it, or of the context, was changed */
export function decryptBlob(material: Uint8Array, blob: Uint8Array, context: EncryptionContext): Buffer {
  const head = blob.subarray(0, HEAD_BYTES);
  const end = blob.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", blobKey(material, head), nonceOf(head));
  decipher.setAAD(associated(head, context));
  decipher.setAuthTag(blob.subarray(end));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEAD_BYTES, end)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

function formatNames({ account, keyId, materialId }: CiphertextKey): Buffer {
  const head = Buffer.alloc(1 + ACCOUNT_BYTES);
  head[0] = VERSION;
  head.writeUIntBE(Number(account), 1, ACCOUNT_BYTES);
  return Buffer.concat([head, Buffer.from(keyId.replaceAll("-", ""), "hex"), half(materialId)]);
}

function half(materialId: string): Buffer {
  return Buffer.from(materialId, "hex").subarray(0, ID_BYTES);
}

function blobKey(material: Uint8Array, head: Uint8Array): Buffer {
  const salt = head.subarray(NAMES_BYTES, NAMES_BYTES + SALT_BYTES);
  return Buffer.from(hkdfSync("sha256", material, salt, "neargate/kms/encrypt", 32));
}

function nonceOf(head: Uint8Array): Uint8Array {
  return head.subarray(HEAD_BYTES - NONCE_BYTES, HEAD_BYTES);
}

/** The order of the context's names says nothing. */
function associated(head: Uint8Array, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([head, Buffer.from(JSON.stringify(pairs))]);
}
