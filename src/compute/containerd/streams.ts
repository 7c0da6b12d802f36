import { closeSync, existsSync, openSync } from "node:fs";
import koffi from "koffi";
import type { ContainerSpec } from "../backend.ts";

const mkfifo = koffi.load("libc.so.6").func("int mkfifo(const char *path, unsigned int mode)") as (
  path: string,
  mode: number,
) => number;

/**
 * Makes a FIFO that only root reads and writes; a process for it would be too much for each health check.
 * @throws Error when it cannot be made, also because it is there
 */
export function makeFifo(path: string): void {
  if (mkfifo(path, 0o600) < 0) throw new Error(`mkfifo ${path}: errno ${koffi.errno()}`);
}

/**
 * Makes what a container's streams lead to; may be repeated. The shim appends to files that exist, when they are named as
 * plain paths; by a `file://` URI it would write standard error into the file of standard output.
 */
export function makeStreams({ stdinPath, stdoutPath, stderrPath }: ContainerSpec): void {
  for (const path of [stdoutPath, stderrPath]) closeSync(openSync(path, "a", 0o600));
  // Nobody writes to it, so it has no end: a program that reads waits.
  if (stdinPath !== undefined && !existsSync(stdinPath)) makeFifo(stdinPath);
}
