import { statfs } from "node:fs/promises";

/** What is left of a disk for everybody: bytes and share. */
const RESERVED_BYTES = 1024 ** 3;
const RESERVED_SHARE = 0.05;

/** What a file system has in all, and what is free of it for others than root. */
export interface DiskSpace {
  bytes: number;
  totalBytes: number;
  inodes: number;
  totalInodes: number;
}

/** @param path of anything on the file system */
export async function diskSpace(path: string): Promise<DiskSpace> {
  const { bavail, bsize, blocks, ffree, files } = await statfs(path);
  return { bytes: bavail * bsize, totalBytes: blocks * bsize, inodes: ffree, totalInodes: files };
}

/** Whether so little is left that nothing may grow that can be done without. */
export function isScarce({ bytes, totalBytes, inodes, totalInodes }: DiskSpace): boolean {
  // Some file systems make inodes as they need them and report none.
  return bytes < Math.min(RESERVED_BYTES, totalBytes * RESERVED_SHARE) || inodes < totalInodes * (RESERVED_SHARE / 5);
}
