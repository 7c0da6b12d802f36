import { readSync, statfsSync, writeSync } from "node:fs";
import { FileOperations, type OwnerOptions } from "./file-operations.ts";
import { FolderOperations } from "./folder-operations.ts";
import { isReadable, KernelError } from "./kernel.ts";
import { Locks } from "./locks.ts";
import { failure, Nodes } from "./nodes.ts";
import {
  initReply,
  OPCODES,
  parseRequest,
  reply,
  REQUEST_BYTES,
  statfsReply,
  texts,
  type Request,
} from "./protocol.ts";

const EIO = 5;
const EINTR = 4;
const EAGAIN = 11;
const ENOSYS = 38;
const ENODEV = 19;
const ENOENT = 2;
/** How often locks that others have are tried again. */
const LOCK_RETRY_MS = 20;

/** Says that there is no answer yet, or none ever. */
const SILENCE = Symbol("silence");
type Answer = Buffer | typeof SILENCE | undefined;

/**
 * Answers the kernel for one file system, with the rights that this process has: every operation, whoever asks for it, is
 * done as this process's user. Ends when the file system is unmounted.
 */
export class FileSystemServer {
  private readonly device: number;
  private readonly nodes: Nodes;
  private readonly files: FileOperations;
  private readonly folders: FolderOperations;
  private readonly locks: Locks;
  private nextRetry = 0;
  private readonly out = Buffer.alloc(REQUEST_BYTES);

  /** @param device the open /dev/fuse; @param rootFd the folder that is shown, opened with `O_PATH` */
  constructor(device: number, rootFd: number, options: OwnerOptions) {
    this.device = device;
    this.nodes = new Nodes(rootFd);
    this.files = new FileOperations(this.nodes, options);
    this.folders = new FolderOperations(this.nodes, options);
    this.locks = new Locks(this.nodes);
  }

  /** Blocks this thread until the file system is unmounted. */
  serve(): void {
    const bytes = Buffer.alloc(REQUEST_BYTES);
    for (;;) {
      if (this.locks.isWaitedFor) {
        const isIdle = !isReadable(this.device, LOCK_RETRY_MS);
        this.retryLocks(); // also while others keep this process busy
        if (isIdle) continue;
      }
      let count: number;
      try {
        count = readSync(this.device, bytes);
      } catch (cause) {
        const errno = errnoOf(cause);
        if (errno === ENODEV) return;
        if (errno === ENOENT || errno === EINTR || errno === EAGAIN) continue; // the request was taken back
        throw cause;
      }
      this.handle(parseRequest(bytes.subarray(0, count)));
    }
  }

  /** Tries the locks that are waited for again, if it is time to. */
  private retryLocks(): void {
    const now = performance.now();
    if (now < this.nextRetry) return;
    this.nextRetry = now + LOCK_RETRY_MS;
    for (const { unique, errno } of this.locks.retry()) this.send(unique, errno);
  }

  private handle(request: Request): void {
    let answer: Answer;
    try {
      answer = this.answer(request);
    } catch (cause) {
      this.send(request.unique, errnoOf(cause));
      return;
    }
    if (answer !== SILENCE) this.send(request.unique, 0, answer ?? undefined);
  }

  private answer({ opcode, unique, node, body }: Request): Answer {
    switch (opcode) {
      case OPCODES.init:
        return initReply(body.readUInt32LE(12));
      case OPCODES.lookup:
        return this.folders.lookup(node, texts(body, 0, 1)[0]!);
      case OPCODES.forget:
        this.nodes.forget(node, body.readBigUInt64LE(0));
        return SILENCE;
      case OPCODES.batchForget:
        for (let index = 0; index < body.readUInt32LE(0); index++)
          this.nodes.forget(body.readBigUInt64LE(8 + 16 * index), body.readBigUInt64LE(16 + 16 * index));
        return SILENCE;
      case OPCODES.getattr:
        return this.files.getattr(node);
      case OPCODES.setattr:
        return this.files.setattr(node, body);
      case OPCODES.access:
        this.files.access(node, body);
        return undefined;
      case OPCODES.statfs:
        return statfsReply(statfsSync(this.nodes.path(node)));
      case OPCODES.interrupt:
        if (this.locks.interrupt(body.readBigUInt64LE(0))) this.send(body.readBigUInt64LE(0), EINTR);
        return SILENCE;
      case OPCODES.destroy:
        return undefined;
      default:
        return this.answerFile({ opcode, unique, node, body });
    }
  }

  private answerFile({ opcode, unique, node, body }: Request): Answer {
    switch (opcode) {
      case OPCODES.open:
        return this.files.open(node, body);
      case OPCODES.create:
        return this.files.create(node, body);
      case OPCODES.read:
        return this.files.read(body);
      case OPCODES.write:
        return this.files.write(body);
      case OPCODES.fsync:
        this.files.fsync(body);
        return undefined;
      case OPCODES.flush:
        this.locks.release(node, body.readBigUInt64LE(16));
        return undefined;
      case OPCODES.release:
        this.files.release(node, body);
        return undefined;
      case OPCODES.getlk:
        return this.locks.conflict(node, body);
      case OPCODES.setlk:
        return this.locks.set(unique, node, body, false) ? undefined : SILENCE;
      case OPCODES.setlkw:
        return this.locks.set(unique, node, body, true) ? undefined : SILENCE;
      default:
        return this.answerFolder({ opcode, unique, node, body });
    }
  }

  private answerFolder({ opcode, node, body }: Request): Answer {
    switch (opcode) {
      case OPCODES.readlink:
        return this.folders.readlink(node);
      case OPCODES.symlink:
        return this.folders.symlink(node, body);
      case OPCODES.mknod:
        return this.folders.mknod(node, body);
      case OPCODES.mkdir:
        return this.folders.mkdir(node, body);
      case OPCODES.unlink:
        this.folders.unlink(node, body);
        return undefined;
      case OPCODES.rmdir:
        this.folders.rmdir(node, body);
        return undefined;
      case OPCODES.rename:
        this.folders.rename(node, body);
        return undefined;
      case OPCODES.link:
        return this.folders.link(node, body);
      case OPCODES.opendir:
        return this.folders.opendir(node);
      case OPCODES.readdir:
        return this.folders.readdir(body);
      case OPCODES.releasedir:
        this.folders.releasedir(body);
        return undefined;
      case OPCODES.fsyncdir:
        this.folders.fsyncdir(node);
        return undefined;
      default:
        // Extended attributes, preallocation and the like are not part of EFS.
        throw failure(ENOSYS);
    }
  }

  private send(unique: bigint, errno: number, body?: Buffer): void {
    try {
      writeSync(this.device, reply(this.out, unique, errno, body));
    } catch (cause) {
      if (errnoOf(cause) !== ENOENT) throw cause; // whoever asked is gone
    }
  }
}

function errnoOf(cause: unknown): number {
  if (cause instanceof KernelError) return cause.errno;
  if (cause instanceof Error && "errno" in cause && typeof cause.errno === "number") return -cause.errno;
  return EIO;
}
