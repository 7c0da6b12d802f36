import type { BigIntStats, StatsFsBase } from "node:fs";

/*
 * The wire format between the kernel and a file system in user space, protocol 7.31, little-endian as on all machines that
 * the engine runs on: https://docs.kernel.org/filesystems/fuse.html, include/uapi/linux/fuse.h
 */

export const OPCODES = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  getlk: 31,
  setlk: 32,
  setlkw: 33,
  access: 34,
  create: 35,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;

export const ROOT_NODE = 1n;
/** Of one write; the buffer for requests has room for its header beside it. */
export const MAX_WRITE = 1 << 20;
export const REQUEST_BYTES = MAX_WRITE + 8192;

const HEADER_IN = 40;
const HEADER_OUT = 16;
const ATTR_BYTES = 88;

const INIT_FLAGS = {
  asyncRead: 1 << 0,
  posixLocks: 1 << 1,
  atomicTruncate: 1 << 3,
  bigWrites: 1 << 5,
  flock: 1 << 10,
  autoInvalidateData: 1 << 12,
  parallelDirectoryOperations: 1 << 18,
  maxPages: 1 << 22,
};

/** What SETATTR asks to change. */
export const SETATTR = {
  mode: 1 << 0,
  uid: 1 << 1,
  gid: 1 << 2,
  size: 1 << 3,
  atime: 1 << 4,
  mtime: 1 << 5,
  handle: 1 << 6,
  atimeNow: 1 << 7,
  mtimeNow: 1 << 8,
} as const;

/** A request; its body is valid until the next is read. */
export interface Request {
  opcode: number;
  unique: bigint;
  node: bigint;
  body: Buffer;
}

/** @param bytes as they were read from the device */
export function parseRequest(bytes: Buffer): Request {
  return {
    opcode: bytes.readUInt32LE(4),
    unique: bytes.readBigUInt64LE(8),
    node: bytes.readBigUInt64LE(16),
    body: bytes.subarray(HEADER_IN, bytes.readUInt32LE(0)),
  };
}

const NOTHING = Buffer.alloc(0);

/**
 * Writes an answer into a buffer that is used again for the next: a garbage of megabytes would outgrow its use.
 * @param errno 0 for success
 */
export function reply(into: Buffer, unique: bigint, errno: number, body: Buffer = NOTHING): Buffer {
  const length = HEADER_OUT + body.length;
  into.writeUInt32LE(length, 0);
  into.writeInt32LE(-errno, 4);
  into.writeBigUInt64LE(unique, 8);
  body.copy(into, HEADER_OUT);
  return into.subarray(0, length);
}

/** The texts of a body, each ended by a zero byte. They are bytes: names need not be UTF-8. */
export function texts(body: Buffer, from: number, count: 1 | 2): Buffer[] {
  const found: Buffer[] = [];
  for (let at = from; found.length < count;) {
    const end = body.indexOf(0, at);
    found.push(Buffer.from(body.subarray(at, end)));
    at = end + 1;
  }
  return found;
}

/** The answer to INIT. @param offered the kernel's flags */
export function initReply(offered: number): Buffer {
  const wanted = Object.values(INIT_FLAGS).reduce((all, flag) => all | flag, 0);
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(7, 0);
  bytes.writeUInt32LE(31, 4);
  bytes.writeUInt32LE(MAX_WRITE, 8); // read ahead
  bytes.writeUInt32LE((wanted & offered) >>> 0, 12);
  bytes.writeUInt16LE(64, 16); // requests in the background, and when that is congestion
  bytes.writeUInt16LE(48, 18);
  bytes.writeUInt32LE(MAX_WRITE, 20);
  bytes.writeUInt32LE(1, 24); // nanoseconds
  bytes.writeUInt16LE(MAX_WRITE / 4096, 28);
  return bytes;
}

/** What a disk's owner is to whoever has users of its own that it does not have: nobody. */
const NOBODY = 65_534n;
const IDS_OF_TASK = 65_536n;

/** The number that the kernel has for an owner on the disk. @param firstId the one that it counts the task's users from */
function shownId(id: bigint, firstId: number): number {
  if (firstId === 0) return Number(id);
  return firstId + Number(id < IDS_OF_TASK ? id : NOBODY);
}

function writeAttr(bytes: Buffer, at: number, stat: BigIntStats, firstId: number): void {
  bytes.writeBigUInt64LE(stat.ino, at);
  bytes.writeBigUInt64LE(stat.size, at + 8);
  bytes.writeBigUInt64LE(stat.blocks, at + 16);
  for (const [index, ns] of [stat.atimeNs, stat.mtimeNs, stat.ctimeNs].entries()) {
    const seconds = ns >= 0n ? ns / 1_000_000_000n : (ns - 999_999_999n) / 1_000_000_000n;
    bytes.writeBigInt64LE(seconds, at + 24 + 8 * index);
    bytes.writeUInt32LE(Number(ns - seconds * 1_000_000_000n), at + 48 + 4 * index);
  }
  const [uid, gid] = [shownId(stat.uid, firstId), shownId(stat.gid, firstId)];
  for (const [index, value] of [stat.mode, stat.nlink, uid, gid, 0, stat.blksize].entries())
    bytes.writeUInt32LE(Number(value), at + 60 + 4 * index);
}

/** Attributes that are valid for this moment only: other tasks change files too. */
export function attrReply(stat: BigIntStats, firstId: number): Buffer {
  const bytes = Buffer.alloc(16 + ATTR_BYTES);
  writeAttr(bytes, 16, stat, firstId);
  return bytes;
}

/** A node with its attributes; both are valid for this moment only. */
export function entryReply(node: bigint, stat: BigIntStats, firstId: number): Buffer {
  const bytes = Buffer.alloc(40 + ATTR_BYTES);
  bytes.writeBigUInt64LE(node, 0);
  writeAttr(bytes, 40, stat, firstId);
  return bytes;
}

/** `fuse_open_out`: the handle of an open file or folder. */
export function openReply(handle: bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(handle, 0);
  return bytes;
}

/** `fuse_write_out`: how many bytes were written. */
export function writeReply(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(size, 0);
  return bytes;
}

/** `fuse_statfs_out`: how much room there is. */
export function statfsReply(stat: StatsFsBase<number>): Buffer {
  const bytes = Buffer.alloc(80);
  for (const [index, value] of [stat.blocks, stat.bfree, stat.bavail, stat.files, stat.ffree].entries())
    bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  bytes.writeUInt32LE(stat.bsize, 40);
  bytes.writeUInt32LE(255, 44);
  bytes.writeUInt32LE(stat.bsize, 48);
  return bytes;
}

/** One name of a folder. */
export interface FolderEntry {
  name: Buffer;
  /** As in getdents(2). */
  type: number;
}

/** As many entries from `offset` on as fit into `size` bytes. */
export function readdirReply(entries: readonly FolderEntry[], offset: number, size: number): Buffer {
  const parts: Buffer[] = [];
  let used = 0;
  for (const [index, { name, type }] of entries.slice(offset).entries()) {
    const bytes = Buffer.alloc((24 + name.length + 7) & ~7);
    if ((used += bytes.length) > size) break;
    bytes.writeBigUInt64LE(0xffffffffn, 0); // the number is not known here
    bytes.writeBigUInt64LE(BigInt(offset + index + 1), 8);
    bytes.writeUInt32LE(name.length, 16);
    bytes.writeUInt32LE(type, 20);
    name.copy(bytes, 24);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
