import { createHash } from "node:crypto";

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** Whether the text is a digest that this registry can check: `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return SHA256.test(text);
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
