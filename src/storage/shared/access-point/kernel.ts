import koffi from "koffi";

/* System calls that Node has no function for. Those that fail throw a KernelError. */

/** A system call failed; `errno` is the kernel's number. */
export class KernelError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call}: errno ${errno}`);
    this.errno = errno;
  }
}

const libc = koffi.load("libc.so.6");
const AT_FDCWD = -100;

const mknodCall = libc.func("int mknod(const void *path, unsigned int mode, unsigned long device)") as (
  path: Buffer,
  mode: number,
  device: number,
) => number;
const linkatCall = libc.func(
  "int linkat(int fromFolder, const char *from, int toFolder, const void *to, int flags)",
) as (fromFolder: number, from: string, toFolder: number, to: Buffer, flags: number) => number;
const readlinkatCall = libc.func("long readlinkat(int folder, const char *path, void *target, unsigned long size)") as (
  folder: number,
  path: string,
  target: Buffer,
  size: number,
) => number;
const utimensatCall = libc.func("int utimensat(int folder, const char *path, const void *times, int flags)") as (
  folder: number,
  path: string,
  times: Buffer,
  flags: number,
) => number;
const flockCall = libc.func("int flock(int fd, int operation)") as (fd: number, operation: number) => number;
const fcntlCall = libc.func("int fcntl(int fd, int command, void *argument)") as (
  fd: number,
  command: number,
  argument: Buffer,
) => number;
const pollCall = libc.func("int poll(void *fds, unsigned long count, int timeout)") as (
  fds: Buffer,
  count: number,
  timeout: number,
) => number;
const capsetCall = libc.func("int capset(void *header, const void *data)") as (header: Buffer, data: Buffer) => number;

function check(call: string, result: number): void {
  if (result < 0) throw new KernelError(call, koffi.errno());
}

/** Makes a file, a pipe or a socket, as the mode says. */
export function makeNode(path: Buffer, mode: number): void {
  check("mknod", mknodCall(terminated(path), mode, 0));
}

const AT_SYMLINK_FOLLOW = 0x400;

/** Gives an inode another name. @param from a path in `/proc/self/fd` */
export function linkTo(from: string, to: Buffer): void {
  check("linkat", linkatCall(AT_FDCWD, from, AT_FDCWD, terminated(to), AT_SYMLINK_FOLLOW));
}

/** The text of a symbolic link that a descriptor names. */
export function readLink(fd: number): Buffer {
  const target = Buffer.alloc(4096);
  const length = readlinkatCall(fd, "", target, target.length);
  check("readlinkat", length);
  return target.subarray(0, length);
}

function terminated(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.alloc(1)]);
}

/** A time to set: nanoseconds since 1970, the moment, or none. */
export type NewTime = bigint | "now" | undefined;

const UTIME_NOW = (1n << 30n) - 1n;
const UTIME_OMIT = (1n << 30n) - 2n;

/** Changes when an inode was last read and written. @param path in `/proc/self/fd` */
export function setTimes(path: string, accessed: NewTime, modified: NewTime): void {
  const times = Buffer.alloc(32);
  for (const [index, time] of [accessed, modified].entries()) {
    const named = time === "now" ? UTIME_NOW : UTIME_OMIT;
    const seconds = typeof time === "bigint" ? time / 1_000_000_000n : 0n;
    times.writeBigInt64LE(seconds, 16 * index);
    times.writeBigInt64LE(typeof time === "bigint" ? time % 1_000_000_000n : named, 16 * index + 8);
  }
  check("utimensat", utimensatCall(AT_FDCWD, path, times, 0));
}

const LOCK_NB = 4;
/** The types of fcntl's locks, in its numbers, with flock's operation for the same. */
const FLOCK_OPERATIONS = [1, 2, 8]; // F_RDLCK, F_WRLCK, F_UNLCK

/** Locks a whole open file, or throws EWOULDBLOCK. @param type fcntl's */
export function lockFile(fd: number, type: number): void {
  check("flock", flockCall(fd, FLOCK_OPERATIONS[type]! | LOCK_NB));
}

const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
/** FUSE's end of a lock that has none. */
const WHOLE = (1n << 63n) - 1n;

/** A lock on a part of a file. */
export interface RangeLock {
  start: bigint;
  /** Of the last byte. */
  end: bigint;
  /** F_RDLCK 0, F_WRLCK 1, F_UNLCK 2. */
  type: number;
}

function flockStructure({ start, end, type }: RangeLock): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeInt16LE(type, 0);
  bytes.writeBigInt64LE(start, 8);
  bytes.writeBigInt64LE(end >= WHOLE ? 0n : end - start + 1n, 16);
  return bytes;
}

/** Locks, or unlocks, for the open file; throws EAGAIN when another has the lock. */
export function lockRange(fd: number, lock: RangeLock): void {
  check("fcntl", fcntlCall(fd, F_OFD_SETLK, flockStructure(lock)));
}

/** The lock that is in the way of another; of type F_UNLCK when there is none. */
export function conflictingLock(fd: number, lock: RangeLock): RangeLock {
  const bytes = flockStructure(lock);
  check("fcntl", fcntlCall(fd, F_OFD_GETLK, bytes));
  const [start, length] = [bytes.readBigInt64LE(8), bytes.readBigInt64LE(16)];
  return { type: bytes.readInt16LE(0), start, end: length === 0n ? WHOLE : start + length - 1n };
}

const POLLIN = 1;

/** Waits until something can be read, so many milliseconds at most. */
export function isReadable(fd: number, timeoutMs: number): boolean {
  const fds = Buffer.alloc(8);
  fds.writeInt32LE(fd, 0);
  fds.writeInt16LE(POLLIN, 4);
  return pollCall(fds, 1, timeoutMs) > 0;
}

/** Leaves this thread these capabilities only, by their numbers. */
export function keepCapabilities(numbers: readonly number[]): void {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x20080522, 0);
  const set = numbers.reduce((bits, number) => bits | (1 << number), 0) >>> 0;
  const data = Buffer.alloc(24);
  data.writeUInt32LE(set, 0); // effective
  data.writeUInt32LE(set, 4); // permitted
  check("capset", capsetCall(header, data));
}
