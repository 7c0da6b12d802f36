import { fstatSync } from "node:fs";
import koffi from "koffi";

const FALLOC_FL_KEEP_SIZE = 0x01;
const FALLOC_FL_PUNCH_HOLE = 0x02;
const SEEK_DATA = 3;

/** Holes begin and end at blocks of the file system; this is a multiple of every common block size. */
const ALIGNMENT = 65_536;

const libc = koffi.load("libc.so.6");
const fallocate = libc.func("int fallocate(int fd, int mode, int64_t offset, int64_t length)");
const lseek = libc.func("int64_t lseek(int fd, int64_t offset, int whence)");

/**
 * Gives the disk space of a file's beginning back, without changing its size or any offset, so that whoever appends to it
 * notices nothing. Only whole blocks go; they read as zeros from then on.
 * @returns up to where the file is freed now; `from` when the file system cannot do it
 */
export function freeBeginning(fd: number, from: number, to: number): number {
  const end = to - (to % ALIGNMENT);
  if (end <= from) return from;
  const result = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, end - from) as number;
  return result === 0 ? end : from;
}

/** The first offset from `offset` on that is not in a hole; the file's size when there is none. */
export function nextData(fd: number, offset: number): number {
  const found = Number(lseek(fd, offset, SEEK_DATA));
  return found >= 0 ? found : Math.max(offset, fstatSync(fd).size);
}
