import { chmodSync, chownSync, closeSync, constants, mkdtempSync, openSync, renameSync, rmdirSync } from "node:fs";
import { errnoOf } from "../../base/errors.ts";
import { FolderError, type FolderOwner } from "./file-systems.ts";

const O_PATH = 0o10000000;
const FOLDER_ONLY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Opens a folder below another, part by part, each relative to the one before: symbolic links are not followed, and who
 * exchanges folders meanwhile gains nothing.
 * @param path such as `/a/b`
 * @param create what missing folders become; without it they are an error
 * @returns a descriptor that names the folder (`O_PATH`)
 * @throws FolderError
 */
export function openFolder(root: string, path: string, create?: FolderOwner): number {
  const parts = path.split("/").filter((part) => part && part !== ".");
  if (parts.includes("..")) throw new FolderError("No such file or directory");
  let folder = openSync(root, FOLDER_ONLY);
  for (const part of parts) {
    try {
      const next = openPart(folder, part, create);
      closeSync(folder);
      folder = next;
    } catch (cause) {
      closeSync(folder);
      throw cause;
    }
  }
  return folder;
}

function openPart(folder: number, name: string, create: FolderOwner | undefined): number {
  const path = `/proc/self/fd/${folder}/${name}`;
  try {
    return openSync(path, FOLDER_ONLY);
  } catch (cause) {
    if (errnoOf(cause) === "ENOTDIR" || errnoOf(cause) === "ELOOP") throw new FolderError("Not a directory");
    if (errnoOf(cause) !== "ENOENT") throw cause;
    if (!create) throw new FolderError("No such file or directory");
  }
  makeFolder(folder, name, create);
  return openPart(folder, name, undefined);
}

/** Under its name, the folder is complete or not there at all. */
function makeFolder(folder: number, name: string, { uid, gid, mode }: FolderOwner): void {
  const temporary = mkdtempSync(`/proc/self/fd/${folder}/.neargate-`); // tasks write here too: a name they cannot foresee
  const made = openSync(temporary, FOLDER_ONLY);
  try {
    chownSync(`/proc/self/fd/${made}`, uid, gid);
    chmodSync(`/proc/self/fd/${made}`, mode);
    renameSync(temporary, `/proc/self/fd/${folder}/${name}`);
  } catch (cause) {
    rmdirSync(temporary);
    if (!["EEXIST", "ENOTEMPTY", "ENOTDIR"].includes(errnoOf(cause) ?? "")) throw cause; // somebody made it meanwhile
  } finally {
    closeSync(made);
  }
}
