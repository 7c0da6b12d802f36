import { copyFileSync, statSync, truncateSync } from "node:fs";
import type { Component } from "./lifecycle.ts";
import type { Logger } from "./log.ts";

const LIMIT_BYTES = 16 * 1024 * 1024;
const INTERVAL_MS = 60_000;

/**
 * Keeps files from growing without end that this process, or one that outlives it, appends to: one over 16 MiB is copied
 * to `FILE.1` and emptied. Whoever has it open (`O_APPEND`) goes on at its new end.
 */
export class LogFiles implements Component {
  readonly name = "log files";
  private readonly paths: readonly string[];
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;

  constructor(paths: readonly string[], log: Logger) {
    this.paths = paths;
    this.log = log;
  }

  start(): void {
    this.trim();
    this.timer = setInterval(() => this.trim(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private trim(): void {
    for (const path of this.paths)
      try {
        trimLogFile(path, LIMIT_BYTES);
      } catch (err) {
        this.log.warn({ err, path }, "a log file could not be shortened");
      }
  }
}

/** Empties a file that is over the limit, its text kept in `FILE.1`. Nothing happens when there is no file. */
export function trimLogFile(path: string, limitBytes: number): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= limitBytes) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}
