import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
  accessSync,
} from "node:fs";
import { setTimes, type NewTime } from "./kernel.ts";
import type { Nodes } from "./nodes.ts";
import { attrReply, entryReply, MAX_WRITE, openReply, SETATTR, texts, writeReply } from "./protocol.ts";

/** `O_ACCMODE`: of the flags of open(2) that concern an open file, most are the kernel's own business. */
const ACCESS_MODE = 3;
const KEPT_FLAGS = ACCESS_MODE | constants.O_TRUNC | constants.O_APPEND | constants.O_SYNC | constants.O_DSYNC;
/** FUSE_WRITE_CACHE: pages that a process changed in its memory, by whichever open file the kernel came upon. */
const FROM_PAGES = 1;
const UNCHANGED = 0xffffffff;

/** What owners of files are to the task. */
export interface OwnerOptions {
  /** An owner's chown changes nothing. */
  ignoreChown: boolean;
  /** The number that the kernel counts the task's users from; 0 when they are those of the host. */
  firstId: number;
}

/** The operations on open files and on attributes. A handle is a descriptor of this process. */
export class FileOperations {
  private readonly nodes: Nodes;
  private readonly bytes = Buffer.alloc(MAX_WRITE);
  /** Handles whose every write goes to the end. */
  private readonly appending = new Set<number>();
  private readonly options: OwnerOptions;

  constructor(nodes: Nodes, options: OwnerOptions) {
    this.nodes = nodes;
    this.options = options;
  }

  getattr(node: bigint): Buffer {
    return attrReply(fstatSync(this.nodes.fd(node), { bigint: true }), this.options.firstId);
  }

  setattr(node: bigint, body: Buffer): Buffer {
    const valid = body.readUInt32LE(0);
    const has = (bit: number) => (valid & bit) !== 0;
    const path = this.nodes.path(node);
    const id = (bit: number, at: number) => (has(bit) ? body.readUInt32LE(at) - this.options.firstId : UNCHANGED);
    if (has(SETATTR.uid) || has(SETATTR.gid)) this.chown(node, id(SETATTR.uid, 76), id(SETATTR.gid, 80));
    if (has(SETATTR.mode)) chmodSync(path, body.readUInt32LE(68) & 0o7777);
    if (has(SETATTR.size)) {
      const size = Number(body.readBigUInt64LE(16));
      if (has(SETATTR.handle)) ftruncateSync(Number(body.readBigUInt64LE(8)), size);
      else truncate(path, size);
    }
    const time = (bit: number, now: number, at: number, nsAt: number): NewTime => {
      if (has(now)) return "now";
      return has(bit) ? body.readBigInt64LE(at) * 1_000_000_000n + BigInt(body.readUInt32LE(nsAt)) : undefined;
    };
    const accessed = time(SETATTR.atime, SETATTR.atimeNow, 32, 56);
    const modified = time(SETATTR.mtime, SETATTR.mtimeNow, 40, 60);
    if (accessed !== undefined || modified !== undefined) setTimes(path, accessed, modified);
    return this.getattr(node);
  }

  private chown(node: bigint, uid: number, gid: number): void {
    if (this.options.ignoreChown && fstatSync(this.nodes.fd(node)).uid === process.geteuid!()) return;
    chownSync(this.nodes.path(node), uid, gid);
  }

  access(node: bigint, body: Buffer): void {
    accessSync(this.nodes.path(node), body.readUInt32LE(0));
  }

  open(node: bigint, body: Buffer): Buffer {
    const flags = body.readUInt32LE(0) & KEPT_FLAGS;
    const handle = openSync(this.nodes.path(node), flags);
    if (flags & constants.O_APPEND) this.appending.add(handle);
    this.nodes.pin(node);
    return openReply(BigInt(handle));
  }

  create(folder: bigint, body: Buffer): Buffer {
    const kept = body.readUInt32LE(0) & (KEPT_FLAGS | constants.O_EXCL);
    // Whoever makes a link or a pipe of that name meanwhile leads nowhere and blocks nothing.
    const flags = kept | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const [name] = texts(body, 16, 1);
    const handle = openSync(this.nodes.pathIn(folder, name!), flags, body.readUInt32LE(4) & 0o7777);
    if (flags & constants.O_APPEND) this.appending.add(handle);
    const { number, stat } = this.nodes.lookupOpen(handle, folder, name!);
    this.nodes.pin(number);
    return Buffer.concat([entryReply(number, stat, this.options.firstId), openReply(BigInt(handle))]);
  }

  /** The answer is valid until the next read. */
  read(body: Buffer): Buffer {
    const size = Math.min(body.readUInt32LE(16), MAX_WRITE);
    return this.bytes.subarray(0, readSync(handleOf(body), this.bytes, 0, size, body.readBigInt64LE(8)));
  }

  /**
   * What is appended goes to the end that the file has now, wherever the kernel of this task believes that it is: so the
   * lines that several tasks append to one file are all kept.
   */
  write(body: Buffer): Buffer {
    const [size, position] = [body.readUInt32LE(16), Number(body.readBigUInt64LE(8))];
    const handle = handleOf(body);
    const write = (to: number) => writeReply(writeSync(to, body, 40, size, position));
    if (!this.appending.has(handle) || !(body.readUInt32LE(20) & FROM_PAGES)) return write(handle);
    const other = openSync(`/proc/self/fd/${handle}`, constants.O_WRONLY); // which does not append
    try {
      return write(other);
    } finally {
      closeSync(other);
    }
  }

  fsync(body: Buffer): void {
    fsyncSync(handleOf(body));
  }

  release(node: bigint, body: Buffer): void {
    const handle = handleOf(body);
    this.appending.delete(handle);
    closeSync(handle);
    this.nodes.unpin(node);
  }
}

/** Unlike Node's own, does not ask for permission to read. */
function truncate(path: string, size: number): void {
  const file = openSync(path, constants.O_WRONLY);
  try {
    ftruncateSync(file, size);
  } finally {
    closeSync(file);
  }
}

function handleOf(body: Buffer): number {
  return Number(body.readBigUInt64LE(0));
}
