import { watch, type FSWatcher } from "node:fs";
import type { LogFile } from "./log-file.ts";

/** A container's way into its log stream, for both of its files. */
export interface FollowedRoute {
  readonly scope: { account: string; region: string };
  readonly group: string;
  readonly stream: string;
  /** The latest timestamp that was given: a clock that steps back does not bring events out of order. */
  lastTimestamp: number;
  /** Whether it was said that output is dropped because the stream is gone. */
  dropping: boolean;
}

/**
 * - `idle`: everything that is complete is shipped; a change of the file wakes it
 * - `waiting`: it will be read when its time has come
 * - `queued`: it is in line for the pump
 * - `busy`: it is being read and shipped
 */
type FileState = "idle" | "waiting" | "queued" | "busy";

/** One file that is followed, and where it stands in the shipper's work. */
export class FollowedFile {
  readonly source: string;
  readonly file: LogFile;
  readonly route: FollowedRoute;
  state: FileState = "idle";
  /** It was written to since it was last read. */
  changed = false;
  /** Nothing more is written: read to the end, then call {@link drained}. */
  ending = false;
  /** Failed attempts in a row. */
  failures = 0;
  /** When it was last shipped, on the monotonic clock. */
  shippedAt = Number.NEGATIVE_INFINITY;
  /** Distinguishes the wait that counts from ones that were overtaken. */
  wait = 0;
  readonly drained: Promise<void>;
  resolveDrained!: () => void;
  rejectDrained!: (cause: Error) => void;
  private watcher: FSWatcher | undefined;

  constructor(source: string, file: LogFile, route: FollowedRoute) {
    this.source = source;
    this.file = file;
    this.route = route;
    this.drained = new Promise((resolve, reject) => {
      this.resolveDrained = resolve;
      this.rejectDrained = reject;
    });
    this.drained.catch(() => {}); // whoever waits for it hears of it
  }

  /** Calls `onChange` whenever the file is written to. */
  watch(onChange: () => void, onError: (err: Error) => void): void {
    this.watcher = watch(this.file.path, { persistent: false }, onChange);
    this.watcher.on("error", onError);
  }

  unwatch(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }

  close(): void {
    this.unwatch();
    this.file.close();
  }
}
