import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf, messageOf } from "../base/errors.ts";
import { syncFolder, writeFileAtomic } from "../base/files.ts";
import { knownMasterKey, MASTER_KEY_BYTES, masterKeyId, MasterKeyError, parseMasterKey } from "./master-key.ts";
import type { MasterKey } from "./master-key.ts";

/** Where the key of this id lies when no setting names a place. */
export function keyFilePath(folder: string, id: string): string {
  return join(folder, `${id}.key`);
}

/**
 * Reads a master key from a file.
 * @returns `undefined` when there is none
 * @throws MasterKeyError when it cannot be read, others may read it, or it holds something else
 */
export function readKeyFile(path: string): MasterKey | undefined {
  let text: string;
  try {
    if (statSync(path).mode & 0o077)
      throw new MasterKeyError(
        `${path} holds a master key, and others than its owner may read or write it: chmod 600 ${path}`,
      );
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof MasterKeyError) throw cause;
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw new MasterKeyError(`the master key ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const key = parseMasterKey(text);
  if (!key)
    throw new MasterKeyError(
      `${path} does not hold a master key: ${MASTER_KEY_BYTES} bytes in base 64 or as hexadecimal digits`,
    );
  return knownMasterKey(key, { provider: "file", place: path });
}

/**
 * Makes a master key at a path. Of engines that do so at the same time one makes it, for all of them.
 * @throws MasterKeyError when the file cannot be written
 */
export function makeKeyFile(path: string): MasterKey {
  writeKey(path, randomBytes(MASTER_KEY_BYTES));
  const made = readKeyFile(path);
  if (!made) throw new MasterKeyError(`the master key ${path} was removed as soon as it was made`);
  return made;
}

/** Makes a master key in a folder, in a file with the name of its id. @throws MasterKeyError */
export function makeKeyFileIn(folder: string): MasterKey {
  const key = randomBytes(MASTER_KEY_BYTES);
  const path = keyFilePath(folder, masterKeyId(key));
  writeKey(path, key);
  return knownMasterKey(key, { provider: "file", place: path });
}

/** Removes the key of this id from a folder, if it is there. Keys of tokens have ids that are no file's name. */
export function removeKeyFile(folder: string, id: string): void {
  if (/^[0-9a-f]{16}$/.test(id)) rmSync(keyFilePath(folder, id), { force: true });
}

/** The file is on the disk, with its name, before anything is sealed under it. One that is there stays as it is. */
function writeKey(path: string, key: Buffer): void {
  const folder = dirname(path);
  const temporary = `${path}.${process.pid}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileAtomic(temporary, `${key.toString("base64")}\n`, 0o600);
    try {
      placeFile(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
    syncFolder(folder);
  } catch (cause) {
    throw new MasterKeyError(
      `the master key ${path} cannot be written (${messageOf(cause)}): name another place with --master-key-file`,
      { cause },
    );
  }
}

/** Gives a file its name unless another one has it. */
function placeFile(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (errnoOf(cause) === "EEXIST") return;
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(errnoOf(cause) ?? "")) throw cause;
    renameSync(temporary, path); // file systems of sticks have no links
  }
}
