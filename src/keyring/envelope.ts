import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errnoOf } from "../base/errors.ts";
import { syncFolder, writeFileAtomic } from "../base/files.ts";
import { MasterKeyError } from "./master-key.ts";

/** The data key of a data folder, wrapped by its master key. */
export interface Envelope {
  provider: "file" | "command" | "pkcs11";
  /** The master key's id. */
  masterKey: string;
  /** Where the master key was when it wrapped the data key, for people. */
  place: string;
  /** Base 64. */
  wrappedDataKey: string;
}

const EnvelopeFile = z.object({
  version: z.literal(1),
  provider: z.enum(["file", "command", "pkcs11"]),
  masterKey: z.string().min(1),
  place: z.string(),
  wrappedDataKey: z.base64().min(1),
});

/** What the names of sealed files end with. */
export const SEALED_SUFFIX = ".sealed";

export function identityFolder(dataFolder: string): string {
  return join(dataFolder, "identity");
}

export function envelopePath(dataFolder: string): string {
  return join(identityFolder(dataFolder), "keyring.json");
}

/** @throws MasterKeyError when the file is damaged */
export function readEnvelope(dataFolder: string): Envelope | undefined {
  const path = envelopePath(dataFolder);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(cause) ?? "")) return undefined;
    throw cause;
  }
  try {
    return EnvelopeFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new MasterKeyError(`${path} is damaged: put it back from a backup of the data folder`, { cause });
  }
}

/** It is on the disk, before a master key that it no longer needs goes. */
export function writeEnvelope(dataFolder: string, envelope: Envelope): void {
  const text = JSON.stringify({ version: 1, ...envelope }, undefined, 2);
  writeFileAtomic(envelopePath(dataFolder), `${text}\n`, 0o600);
  syncFolder(identityFolder(dataFolder));
}

/** Whether something lies in a data folder that a keyring has sealed. */
export function hasSealedFiles(dataFolder: string): boolean {
  try {
    return readdirSync(identityFolder(dataFolder)).some((name) => name.endsWith(SEALED_SUFFIX));
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(cause) ?? "")) return false;
    throw cause;
  }
}
