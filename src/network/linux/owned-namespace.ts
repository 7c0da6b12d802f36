import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import koffi from "koffi";
import { dropNamespace, keepNamespace, withNewNamespaces } from "../../base/new-namespaces.ts";
import { namespacePath } from "./names.ts";
import { isNamespace } from "./namespace.ts";

const libc = koffi.load("libc.so.6");
const ioctlCall = libc.func("ioctl", "int", ["int", "ulong"]) as (fd: number, request: number) => number;

/** Opens the user namespace that a namespace belongs to: https://man7.org/linux/man-pages/man2/NS_GET_USERNS.2const.html */
const NS_GET_USERNS = 0xb701;

/**
 * Makes a named network namespace that belongs to a user namespace: whose root rules over it, and over none beside. One of
 * that name that belongs to another gives way; nothing can run in it yet.
 * @param userNamespace a path of it; with `.net` behind it may be a network namespace that was made with it, to be taken
 * @throws CommandError
 */
export async function ensureOwnedNamespace(name: string, userNamespace: string): Promise<void> {
  const path = namespacePath(name);
  const spare = `${userNamespace}.net`;
  if (!isNamespace(path) || ownerOf(path) !== statSync(userNamespace).ino) {
    dropNamespace(path);
    if (isNamespace(spare)) keepNamespace(spare, path);
    else
      await withNewNamespaces(["nsenter", `--user=${userNamespace}`, "unshare", "--net", "cat"], (pid) =>
        keepNamespace(`/proc/${pid}/ns/net`, path),
      );
  }
  dropNamespace(spare); // it must go when the interface does
}

/** The number of the user namespace that a namespace belongs to. */
function ownerOf(path: string): number {
  const namespace = openSync(path, "r");
  try {
    const owner = ioctlCall(namespace, NS_GET_USERNS);
    if (owner < 0) throw new Error(`cannot tell whose ${path} is: errno ${koffi.errno()}`);
    try {
      return fstatSync(owner).ino;
    } finally {
      closeSync(owner);
    }
  } finally {
    closeSync(namespace);
  }
}
