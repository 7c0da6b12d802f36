import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { MAX_MESSAGE_BYTES } from "./lines.ts";
import { freeBeginning, nextData } from "./sparse-file.ts";

/** What one turn takes of a file; a longer line takes a larger one. */
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** How much is shipped before its disk space is given back. */
const FREE_EVERY_BYTES = 1024 * 1024;

// All files share these: a turn is done with its bytes before the next begins, so memory does not grow with the files.
const buffer = Buffer.allocUnsafe(READ_BYTES);
let longLineBuffer: Buffer | undefined;

/** Makes something of bytes, and says of how many. What it makes must not refer to the bytes once its turn is over. */
export type Cut<Item> = (bytes: Buffer, atEnd: boolean) => { items: Item[]; consumed: number };

export interface Piece<Item> {
  items: Item[];
  consumed: number;
  /** Whether there may be further ones right behind. */
  more: boolean;
}

/** A file that a container's output is appended to, read up to {@link offset}. */
export class LogFile {
  readonly path: string;
  /** What lay in it unread when it was opened: where that ends, and when the first and the last of it can be from. */
  readonly backlog: { from: number; to: number; firstMs: number; lastMs: number };
  private readonly fd: number;
  private position: number;
  /** Up to where no newline was found behind {@link position}: an unfinished line is not searched again and again. */
  private searched: number;
  private freed = 0;
  private closed = false;

  private constructor(path: string, fd: number, offset: number) {
    this.path = path;
    this.fd = fd;
    // What was shipped is a hole. Reading it again, after a power cut took the offset with it, would give zeros.
    this.position = nextData(fd, offset);
    this.searched = this.position;
    const { size, mtimeMs, birthtimeMs } = fstatSync(fd);
    this.backlog = { from: this.position, to: size, firstMs: Math.min(birthtimeMs, mtimeMs), lastMs: mtimeMs };
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

  /** Bytes that are not shipped yet. */
  get waiting(): number {
    return Math.max(0, fstatSync(this.fd).size - this.position);
  }

  /** Whether something was written that was not read yet. */
  hasMore(): boolean {
    return fstatSync(this.fd).size > this.searched;
  }

  /**
   * The next lines, without stepping over them.
   * @param longest a line with more bytes is given to `cut` before it has ended; {@link MAX_MESSAGE_BYTES} at most
   * @param ending nothing more is written: a last line without newline is taken too
   */
  read<Item>(cut: Cut<Item>, longest: number, ending: boolean): Piece<Item> {
    const inLine = this.searched > this.position;
    const bytes = this.readAt(this.searched, buffer);
    const atEnd = bytes.length < buffer.length;
    const newline = bytes.indexOf(NEWLINE);
    if (!inLine && (newline !== -1 || (ending && atEnd) || bytes.length > longest))
      return { ...cut(bytes, ending && atEnd), more: !atEnd || (ending && bytes.length > 0) };
    const known = this.searched + (newline === -1 ? bytes.length : newline + 1);
    const complete = newline !== -1 || (ending && atEnd) || known - this.position > longest;
    if (!complete) {
      this.searched = known;
      return { items: [], consumed: 0, more: !atEnd };
    }
    const line = this.readAt(this.position, longBuffer().subarray(0, known - this.position));
    return { ...cut(line, ending && atEnd), more: true };
  }

  /**
   * As {@link read}, with as much as one event can have: for events of several lines, of which `cut` may leave the last.
   * @returns `left`: whether it did
   */
  readLong<Item>(cut: Cut<Item>, ending: boolean): Piece<Item> & { left: boolean } {
    const bytes = this.readAt(this.position, longBuffer());
    const atEnd = bytes.length < longBuffer().length;
    const taken = cut(bytes, ending && atEnd);
    if (!taken.consumed) this.searched = this.position + bytes.length;
    return { ...taken, more: !atEnd, left: taken.consumed < bytes.length };
  }

  /** Steps over what was shipped, and frees it now and then. */
  advance(consumed: number): void {
    if (this.closed) return;
    this.position += consumed;
    this.searched = this.position;
    if (this.position - this.freed >= FREE_EVERY_BYTES) this.free();
  }

  /** Where the first line begins with which no more than `bytes` are left. */
  lineBeforeEnd(bytes: number): number {
    const from = Math.max(this.position, fstatSync(this.fd).size - bytes);
    const newline = this.readAt(from, buffer).indexOf(NEWLINE);
    return newline === -1 ? from : from + newline + 1;
  }

  /** Where the first line begins with which no more than `count` are left; `undefined` when there are no more. */
  lineBeforeLast(count: number): number | undefined {
    let left = this.countLines() - count;
    if (left <= 0) return undefined;
    for (let at = this.position; ;) {
      const bytes = this.readAt(at, buffer);
      for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, newline + 1))
        if (--left === 0) return at + newline + 1;
      at += bytes.length;
    }
  }

  /** Drops what comes before `offset`. */
  skipTo(offset: number): void {
    if (this.closed) return;
    this.position = Math.max(this.position, offset);
    this.searched = this.position;
    this.free();
  }

  close(): void {
    if (!this.closed) closeSync(this.fd);
    this.closed = true;
  }

  /** Removes a file from its folder; it may be gone already. */
  static remove(path: string): void {
    rmSync(path, { force: true });
  }

  private countLines(): number {
    let count = 0;
    for (let at = this.position; ;) {
      const bytes = this.readAt(at, buffer);
      if (!bytes.length) return count;
      for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, newline + 1)) count++;
      at += bytes.length;
    }
  }

  private free(): void {
    this.freed = freeBeginning(this.fd, this.freed, this.position);
  }

  private readAt(position: number, into: Buffer): Buffer {
    return into.subarray(0, readSync(this.fd, into, 0, into.length, position));
  }
}

function longBuffer(): Buffer {
  longLineBuffer ??= Buffer.allocUnsafe(MAX_MESSAGE_BYTES + 1);
  return longLineBuffer;
}
