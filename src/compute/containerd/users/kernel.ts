import { closeSync, openSync } from "node:fs";
import koffi from "koffi";

/*
 * The kernel's calls for mounts: https://man7.org/linux/man-pages/man2/mount_setattr.2.html. Those that older C libraries
 * lack go by their numbers, which are the same on all machines.
 */

const libc = koffi.load("libc.so.6");
type Call<Arguments extends unknown[]> = (...args: Arguments) => number;
const openTreeCall = libc.func("syscall", "long", ["long", "int", "str", "uint"]) as Call<
  [call: number, folder: number, path: string, flags: number]
>;
const mountSetattrCall = libc.func("syscall", "long", ["long", "int", "str", "uint", "void *", "size_t"]) as Call<
  [call: number, fd: number, path: string, flags: number, attributes: Buffer, size: number]
>;
const moveMountCall = libc.func("syscall", "long", ["long", "int", "str", "int", "str", "uint"]) as Call<
  [call: number, from: number, fromPath: string, to: number, toPath: string, flags: number]
>;
const mountCall = libc.func("mount", "int", ["str", "str", "str", "ulong", "str"]) as Call<
  [source: string, target: string, type: string, flags: number, data: string]
>;
const umountCall = libc.func("umount2", "int", ["str", "int"]) as Call<[target: string, flags: number]>;

const SYS_OPEN_TREE = 428;
const SYS_MOVE_MOUNT = 429;
const SYS_MOUNT_SETATTR = 442;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOUNT_ATTR_IDMAP = 0x100000n;
const MOUNT_ATTR_BYTES = 32;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const ENOENT = 2;
const EINVAL = 22;

/**
 * Shows a file or folder at another place with the ids of a user namespace: what belongs to user 0 on the disk belongs to
 * its root there, also what its root makes.
 * @param userNamespace a path of it
 * @throws Error when the kernel or the file system cannot
 */
export function mountMapped(source: string, target: string, userNamespace: string): void {
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  const tree = check("open_tree", source, openTreeCall(SYS_OPEN_TREE, AT_FDCWD, source, flags));
  try {
    setIdmap(tree, source, userNamespace);
    const moved = moveMountCall(SYS_MOVE_MOUNT, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
    check("move_mount", target, moved);
  } finally {
    closeSync(tree);
  }
}

function setIdmap(tree: number, source: string, userNamespace: string): void {
  const namespace = openSync(userNamespace, "r");
  try {
    const attributes = Buffer.alloc(MOUNT_ATTR_BYTES);
    attributes.writeBigUInt64LE(MOUNT_ATTR_IDMAP, 0);
    attributes.writeBigUInt64LE(BigInt(namespace), 24);
    const set = mountSetattrCall(SYS_MOUNT_SETATTR, tree, "", AT_EMPTY_PATH, attributes, attributes.length);
    check("mount_setattr", source, set);
  } finally {
    closeSync(namespace);
  }
}

/** Mounts an empty file system in memory, for places of mounts. */
export function mountPlaces(target: string): void {
  check("mount", target, mountCall("neargate", target, "tmpfs", 0, "mode=700,size=1m"));
}

/** Takes away all that is mounted at a place, at once, even what is in use; nothing need be there. */
export function unmountAll(target: string): void {
  while (umountCall(target, MNT_DETACH | UMOUNT_NOFOLLOW) === 0);
  const errno = koffi.errno();
  if (errno !== EINVAL && errno !== ENOENT) throw new Error(`umount ${target}: errno ${errno}`);
}

function check(call: string, path: string, result: number): number {
  if (result < 0) throw new Error(`${call} ${path}: errno ${koffi.errno()}`);
  return Number(result);
}
