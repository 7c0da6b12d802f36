import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { systemClock } from "../base/clock.ts";
import type { Keyring } from "../keyring/keyring.ts";
import { readSealedFile, writeSealedFile, type SealedFile } from "../keyring/sealed-file.ts";
import type { AccessKey } from "./access-key.ts";
import { base32 } from "./base32.ts";
import { rootPrincipal } from "./principal.ts";

/** The root user's access key. */
export interface RootKey {
  /** `AKIA` and 16 characters. */
  accessKeyId: string;
  /** 40 characters. */
  secretAccessKey: string;
  /** ISO 8601; not known of keys of earlier releases. */
  createdAt?: string;
}

const KeyFile = z.object({
  accessKeyId: z.string().regex(/^AKIA[A-Z2-7]{16}$/),
  secretAccessKey: z.string().regex(/^[A-Za-z0-9+/]{40}$/),
  createdAt: z.iso.datetime().optional(),
});

/**
 * The account's root access key, made at the first start. Each account has a key of its own in the data folder, sealed.
 * @throws Error when the file is there but is not a key: a new one would lock out who has the old
 */
export function loadOrCreateRootKey(dataFolder: string, account: string, keyring: Keyring): RootKey {
  const file = keyFile(dataFolder, account);
  const stored = readSealedFile(keyring, file);
  return stored ? parseKey(file, stored) : replaceRootKey(dataFolder, account, keyring);
}

/** Puts a new root access key in place of the account's: the former is forgotten. */
export function replaceRootKey(dataFolder: string, account: string, keyring: Keyring): RootKey {
  const createdAt = new Date(systemClock.now()).toISOString();
  const key = { accessKeyId: newKeyId(), secretAccessKey: randomBytes(30).toString("base64"), createdAt };
  writeSealedFile(keyring, keyFile(dataFolder, account), Buffer.from(JSON.stringify(key)));
  return key;
}

/** The root key as signatures are checked against it. */
export function rootAccessKey(key: RootKey, account: string): AccessKey {
  const { accessKeyId, secretAccessKey } = key;
  return { accessKeyId, secretAccessKey, principal: rootPrincipal(account, accessKeyId) };
}

function keyFile(dataFolder: string, account: string): SealedFile {
  const folder = join(dataFolder, "identity");
  return {
    path: join(folder, `root-key-${account}.sealed`),
    purpose: "root-key",
    context: account,
    formerly: join(folder, `root-key-${account}.json`),
  };
}

function parseKey({ path }: SealedFile, content: Buffer): RootKey {
  try {
    return KeyFile.parse(JSON.parse(content.toString()));
  } catch (cause) {
    throw new Error(`${path} does not hold an access key`, { cause });
  }
}

function newKeyId(): string {
  return `AKIA${base32(randomBytes(16), 16)}`;
}
