import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { MAX_MESSAGE_BYTES, takeLines, type Lines } from "./lines.ts";
import { freeBeginning, nextData } from "./sparse-file.ts";

/** What one turn takes of a file; a longer line takes a larger one. */
const READ_BYTES = 256 * 1024;

/** How much is shipped before its disk space is given back. */
const FREE_EVERY_BYTES = 1024 * 1024;

// All files share these: a turn is done with its bytes before the next begins, so memory does not grow with the files.
const buffer = Buffer.allocUnsafe(READ_BYTES);
let longLineBuffer: Buffer | undefined;

/** A file that a container's output is appended to, read up to {@link offset}. */
export class LogFile {
  readonly path: string;
  private readonly fd: number;
  private position: number;
  /** Up to where no newline was found behind {@link position}: an unfinished line is not searched again and again. */
  private searched: number;
  private freed = 0;

  private constructor(path: string, fd: number, offset: number) {
    this.path = path;
    this.fd = fd;
    // What was shipped is a hole. Reading it again, after a power cut took the offset with it, would give zeros.
    this.position = nextData(fd, offset);
    this.searched = this.position;
  }

  /** Opens the file to be read on from `offset`. Unless `create`, gives `undefined` when it does not exist. */
  static open(path: string, offset: number, create: boolean): LogFile | undefined {
    if (create) mkdirSync(dirname(path), { recursive: true });
    try {
      const fd = openSync(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
      return new LogFile(path, fd, offset);
    } catch (cause) {
      if (!create && errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  /** Up to where the file is shipped. */
  get offset(): number {
    return this.position;
  }

  /** Whether something was written that {@link read} has not seen yet. */
  hasMore(): boolean {
    return fstatSync(this.fd).size > this.searched;
  }

  /**
   * The next lines, without stepping over them. `more`: there may be further ones right behind.
   * @param ending nothing more is written: a last line without newline is taken too
   */
  read(ending: boolean): Lines & { more: boolean } {
    const inLine = this.searched > this.position;
    const bytes = this.readAt(this.searched, buffer);
    const atEnd = bytes.length < buffer.length;
    if (!inLine && (bytes.includes(0x0a) || (ending && atEnd))) {
      return { ...takeLines(bytes, ending && atEnd), more: !atEnd || (ending && bytes.length > 0) };
    }
    const newline = bytes.indexOf(0x0a);
    const known = this.searched + (newline === -1 ? bytes.length : newline + 1);
    const complete = newline !== -1 || (ending && atEnd) || known - this.position > MAX_MESSAGE_BYTES;
    if (!complete) {
      this.searched = known;
      return { messages: [], consumed: 0, more: !atEnd };
    }
    longLineBuffer ??= Buffer.allocUnsafe(MAX_MESSAGE_BYTES + 1);
    const line = this.readAt(this.position, longLineBuffer.subarray(0, known - this.position));
    return { ...takeLines(line, ending && atEnd), more: true };
  }

  /** Steps over what was shipped, and frees it now and then. */
  advance(consumed: number): void {
    this.position += consumed;
    this.searched = this.position;
    if (this.position - this.freed >= FREE_EVERY_BYTES) this.freed = freeBeginning(this.fd, this.freed, this.position);
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Removes the file from its folder; it may be gone already. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private readAt(position: number, into: Buffer): Buffer {
    return into.subarray(0, readSync(this.fd, into, 0, into.length, position));
  }
}
