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
 * - `idle`: everything that is complete is shipped, and the file is watched
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
  /** Nothing more is written: it is read to its end, then {@link drained} resolves. */
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

  /**
   * Calls `onChange` once, when the file is written to. Not more often: a container that writes lines one by one would
   * keep the event loop busy with nothing but the news of it.
   */
  watch(onChange: () => void, onError: (err: Error) => void): void {
    this.unwatch();
    this.watcher = watch(this.file.path, { persistent: false }, () => {
      this.unwatch();
      onChange();
    });
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
