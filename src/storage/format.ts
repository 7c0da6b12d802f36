import type { DiskSpec } from "./disks.ts";

/** MiB: what ext4, the usual file system of hosts, lets a file grow to. */
const MAX_IMAGE_MIB = 16 * 1024 * 1024 - 1;
/** MiB: without a bound it grows with the disk, up to a gibibyte. */
const JOURNAL_MIB = 64;
/** MiB, 15.5 TiB: what a vault can hold whose own file is one of the largest. */
const MAX_VAULT_CONTENT_MIB = 15.5 * 1024 * 1024;

/**
 * How large the file of a disk is, MiB. What the file system keeps for itself comes on top, so that the size asked for
 * can be filled: of ext4, inode tables (a 64th) and what it holds back for its own growth; of xfs, its log and tables.
 */
export function imageMiB({ sizeMiB, fileSystem, key }: Omit<DiskSpec, "id" | "lasting">): number {
  const own = fileSystem === "xfs" ? Math.ceil(sizeMiB / 64) + 96 : Math.ceil(sizeMiB / 60) + JOURNAL_MIB + 32;
  return Math.min(sizeMiB + own, key ? MAX_VAULT_CONTENT_MIB : MAX_IMAGE_MIB);
}

/** The disk that holds the file of an encrypted one. It cannot be full: there is room for a file of many small pieces. */
export function vaultOf(disk: DiskSpec): DiskSpec {
  const content = imageMiB(disk);
  return { id: disk.id, sizeMiB: content + Math.ceil(content / 256), fileSystem: "ext4", lasting: true };
}

/**
 * The program that formats a disk's file, with its arguments. Nothing is written that a fresh sparse file, all zeros, has
 * already: the tables of inodes stay holes.
 */
export function formatCommand(
  { fileSystem, lasting }: DiskSpec,
  path: string,
  encrypted: boolean,
): [program: string, ...args: string[]] {
  if (fileSystem === "xfs") return ["mkfs.xfs", "-q", "-K", "-f", path];
  const features = ["^resize_inode", ...(lasting ? [] : ["^has_journal"]), ...(encrypted ? ["encrypt"] : [])];
  return [
    "mke2fs",
    "-q",
    "-F",
    "-t",
    fileSystem,
    "-m",
    "0",
    ...(lasting ? ["-J", `size=${JOURNAL_MIB}`] : []),
    "-O",
    features.join(","),
    "-E",
    "lazy_itable_init=1,nodiscard,packed_meta_blocks=1",
    path,
  ];
}

/**
 * Options of the mount. `discard` gives the host back what is deleted inside; `noinit_itable` keeps the kernel from
 * filling the holes of the inode tables with zeros.
 */
export function mountArguments({ fileSystem }: DiskSpec): string[] {
  const options = ["loop", "noatime", "nodev", "discard"];
  if (fileSystem !== "xfs") options.push("noinit_itable");
  return ["-t", fileSystem === "xfs" ? "xfs" : "ext4", "-o", options.join(",")];
}
