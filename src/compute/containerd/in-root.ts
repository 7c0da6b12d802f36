import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";

const MAX_LINKS = 40;

/**
 * Finds a file or folder of an image, as a path of the host. Links are followed as they would be inside the container,
 * never out of it.
 * @param root where the image is mounted; nobody may change it meanwhile
 * @returns `undefined` when there is none of that kind
 */
export async function resolveInRoot(root: string, path: string, kind: "file" | "folder"): Promise<string | undefined> {
  const pending = path.split("/");
  let resolved: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const part = pending.shift()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      resolved.pop();
      continue;
    }
    const here = join(root, ...resolved, part);
    const stat = await lstat(here).catch((cause: unknown) => {
      if (errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR") return undefined;
      throw cause;
    });
    if (!stat) return undefined;
    if (!stat.isSymbolicLink()) {
      resolved.push(part);
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    const target = await readlink(here);
    if (target.startsWith("/")) resolved = [];
    pending.unshift(...target.split("/"));
  }
  const found = join(root, ...resolved);
  const stat = await lstat(found);
  return (kind === "file" ? stat.isFile() : stat.isDirectory()) ? found : undefined;
}
