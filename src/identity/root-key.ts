import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { AccessKey } from "./access-key.ts";
import { base32 } from "./base32.ts";
import { rootPrincipal } from "./principal.ts";

/** The root user's access key. */
export interface RootKey {
  /** `AKIA` and 16 characters. */
  accessKeyId: string;
  /** 40 characters. */
  secretAccessKey: string;
}

const KeyFile = z.object({
  accessKeyId: z.string().regex(/^AKIA[A-Z2-7]{16}$/),
  secretAccessKey: z.string().regex(/^[A-Za-z0-9+/]{40}$/),
});

/**
 * The account's root access key, made at the first start. Each account has a key of its own in the data folder, readable
 * by its owner only.
 * @throws Error when the file is there but is not a key: a new one would lock out who has the old
 */
export function loadOrCreateRootKey(dataFolder: string, account: string): RootKey {
  const path = join(dataFolder, "identity", `root-key-${account}.json`);
  const stored = readKey(path);
  if (stored) return stored;
  const key = { accessKeyId: newKeyId(), secretAccessKey: randomBytes(30).toString("base64") };
  writeFileAtomic(path, `${JSON.stringify(key, undefined, 2)}\n`, 0o600);
  return key;
}

/** The root key as signatures are checked against it. */
export function rootAccessKey(key: RootKey, account: string): AccessKey {
  return { ...key, principal: rootPrincipal(account, key.accessKeyId) };
}

function readKey(path: string): RootKey | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
  chmodSync(path, 0o600);
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} does not hold an access key`, { cause });
  }
}

function newKeyId(): string {
  return `AKIA${base32(randomBytes(16), 16)}`;
}
