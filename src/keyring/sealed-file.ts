import { readFileSync, rmSync } from "node:fs";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { SealError, type Keyring } from "./keyring.ts";

/** A secret in a file of its own. */
export interface SealedFile {
  /** Ends with `.sealed`. */
  path: string;
  purpose: string;
  context: string;
  /** Where earlier releases had the secret in the clear. */
  formerly: string;
}

/**
 * Reads a sealed file. One that an earlier release wrote in the clear is sealed first, and removed.
 * @returns `undefined` when there is neither
 * @throws Error naming the file when it cannot be opened
 */
export function readSealedFile(keyring: Keyring, { path, purpose, context, formerly }: SealedFile): Buffer | undefined {
  const sealed = read(path);
  if (!sealed) {
    const clear = read(formerly);
    if (!clear) return undefined;
    writeFileAtomic(path, keyring.seal(purpose, clear, context), 0o600);
  }
  rmSync(formerly, { force: true });
  const content = sealed ?? read(path)!;
  try {
    return keyring.open(purpose, content, context);
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause;
    throw new Error(`${path}: ${cause.message}`, { cause });
  }
}

export function writeSealedFile(keyring: Keyring, { path, purpose, context }: SealedFile, content: Uint8Array): void {
  writeFileAtomic(path, keyring.seal(purpose, content, context), 0o600);
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
