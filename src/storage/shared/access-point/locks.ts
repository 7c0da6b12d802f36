import { closeSync, constants, openSync } from "node:fs";
import { conflictingLock, KernelError, lockFile, lockRange, type RangeLock } from "./kernel.ts";
import type { Nodes } from "./nodes.ts";

const EAGAIN = 11;
const FLOCK = 1;

/** A lock as it is asked for. */
interface LockRequest {
  unique: bigint;
  node: bigint;
  handle: bigint;
  /** The process, in the kernel's words. */
  owner: bigint;
  lock: RangeLock;
  wholeFile: boolean;
}

/**
 * Locks of the task's processes as locks on the files themselves, so that they hold against other tasks. A process has
 * all of its range locks on a file through one open file of ours, as POSIX wants it: closing that takes them all back.
 */
export class Locks {
  private readonly nodes: Nodes;
  private readonly files = new Map<string, number>();
  private readonly waiting = new Map<bigint, LockRequest>();

  constructor(nodes: Nodes) {
    this.nodes = nodes;
  }

  /** Whether some wait for locks that others have. */
  get isWaitedFor(): boolean {
    return this.waiting.size > 0;
  }

  /** The answer to GETLK. */
  conflict(node: bigint, body: Buffer): Buffer {
    const asked = parse(0n, node, body);
    const { start, end, type } = conflictingLock(this.file(asked), asked.lock);
    const bytes = Buffer.alloc(24);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, start), 0);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, end), 8);
    bytes.writeUInt32LE(type, 16);
    return bytes;
  }

  /** @returns whether it is done: else it waits. @throws KernelError EAGAIN when it shall not wait */
  set(unique: bigint, node: bigint, body: Buffer, wait: boolean): boolean {
    const asked = parse(unique, node, body);
    try {
      this.take(asked);
      return true;
    } catch (cause) {
      if (!wait || !isTaken(cause)) throw cause;
      this.waiting.set(unique, asked);
      return false;
    }
  }

  /** Gives up waiting. @returns whether it waited */
  interrupt(unique: bigint): boolean {
    return this.waiting.delete(unique);
  }

  /** Tries the locks that are waited for again. @returns those that ended, with their error number */
  retry(): { unique: bigint; errno: number }[] {
    const ended: { unique: bigint; errno: number }[] = [];
    for (const [unique, asked] of this.waiting) {
      try {
        this.take(asked);
        ended.push({ unique, errno: 0 });
      } catch (cause) {
        if (!isTaken(cause)) ended.push({ unique, errno: cause instanceof KernelError ? cause.errno : 5 });
      }
    }
    for (const { unique } of ended) this.waiting.delete(unique);
    return ended;
  }

  /** A process closed one of its files: its locks on it are gone. */
  release(node: bigint, owner: bigint): void {
    const key = `${node}:${owner}`;
    const fd = this.files.get(key);
    if (fd === undefined) return;
    closeSync(fd);
    this.files.delete(key);
  }

  private take(asked: LockRequest): void {
    if (asked.wholeFile) lockFile(Number(asked.handle), asked.lock.type);
    else lockRange(this.file(asked), asked.lock);
  }

  private file({ node, owner }: LockRequest): number {
    const key = `${node}:${owner}`;
    let fd = this.files.get(key);
    if (fd === undefined) this.files.set(key, (fd = this.reopen(node)));
    return fd;
  }

  private reopen(node: bigint): number {
    const path = this.nodes.path(node);
    try {
      return openSync(path, constants.O_RDWR);
    } catch {
      return openSync(path, constants.O_RDONLY);
    }
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof KernelError && cause.errno === EAGAIN;
}

function parse(unique: bigint, node: bigint, body: Buffer): LockRequest {
  return {
    unique,
    node,
    handle: body.readBigUInt64LE(0),
    owner: body.readBigUInt64LE(8),
    lock: { start: body.readBigUInt64LE(16), end: body.readBigUInt64LE(24), type: body.readUInt32LE(32) },
    wholeFile: (body.readUInt32LE(40) & FLOCK) !== 0,
  };
}
