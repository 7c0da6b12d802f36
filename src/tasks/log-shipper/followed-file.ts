import { watch, type FSWatcher } from "node:fs";
import type { Destination } from "./destination.ts";
import type { LogFile } from "./log-file.ts";
import { WrittenTimes } from "./written-times.ts";

/** A container's way to its destination, for both of its files. */
export interface FollowedRoute {
  readonly destination: Destination;
  /** How much of a file may wait, bytes. */
  readonly maxBufferBytes: number;
  /** As {@link maxBufferBytes}, lines. */
  readonly maxBufferEvents: number;
}

/** What may wait of each file even when the host's disk is nearly full. */
export const SPARED_BYTES = 64 * 1024 * 1024;

/**
 * - `idle`: everything that is complete is shipped, and the file is watched
 * - `waiting`: it will be read when its time has come
 * - `queued`: it is in line for the pump
 * - `busy`: it is being read and shipped
 * - `given up`: nothing more is done with it
 */
type FileState = "idle" | "waiting" | "queued" | "busy" | "given up";

/** One file that is followed, and where it stands in the shipper's work. */
export class FollowedFile {
  readonly source: string;
  readonly output: "stdout" | "stderr";
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
  /** Whether it was said that there is too much of it. */
  overflowing = false;
  readonly drained: Promise<void>;
  resolveDrained!: () => void;
  rejectDrained!: (cause: Error) => void;
  private readonly lastStoredMs: number;
  /** What was there at the beginning may wait in any amount: it was written while nobody could ship it. */
  private allowance: number;
  /** The latest time that was given: a clock that steps back does not bring events out of order. */
  private latestMs = 0;
  /** As {@link latestMs}, of what is shipped. */
  private shippedMs = 0;
  private readonly written = new WrittenTimes();
  private watcher: FSWatcher | undefined;

  /** @param lastStoredMs when the engine last stored anything: what is unread in the file gets no earlier time */
  constructor(
    { source, output, file }: Pick<FollowedFile, "source" | "output" | "file">,
    route: FollowedRoute,
    lastStoredMs: number,
  ) {
    this.source = source;
    this.output = output;
    this.file = file;
    this.route = route;
    this.lastStoredMs = lastStoredMs;
    this.allowance = Math.max(route.maxBufferBytes, file.waiting);
    this.drained = new Promise((resolve, reject) => {
      this.resolveDrained = resolve;
      this.rejectDrained = reject;
    });
    this.drained.catch(() => {}); // whoever waits for it hears of it
  }

  /**
   * When what lies at an offset was written: now, or when it was seen if it had to wait, or, of what was already there when the file was opened, a time between
   * the last that was stored and the file's modification, in proportion to the place.
   * @param nowMs milliseconds since 1970
   */
  timeAt(offset: number, nowMs: number): number {
    const { from, to, firstMs, lastMs } = this.file.backlog;
    let time = Math.min(this.written.at(offset) ?? nowMs, nowMs);
    if (offset < to) {
      // Also what was written before the last was stored, and not read yet, comes behind it.
      const first = Math.min(Math.max(firstMs, this.lastStoredMs), nowMs);
      const last = Math.max(first, Math.min(lastMs, nowMs));
      time = first + ((last - first) * Math.max(0, offset - from)) / (to - from);
    }
    this.latestMs = Math.max(this.latestMs, Math.floor(time));
    return this.latestMs;
  }

  /** Notes what is there and has to wait: later it has this time. */
  keepTime(nowMs: number): void {
    this.written.note(this.file.offset + this.file.waiting, nowMs);
  }

  /** What was taken is not shipped, and will be taken again with its time. */
  takeBack(nowMs: number): void {
    this.latestMs = this.shippedMs;
    this.keepTime(nowMs);
  }

  /** Steps over what is shipped. */
  advance(consumed: number): void {
    this.file.advance(consumed);
    this.shippedMs = this.latestMs;
    this.written.forgetBefore(this.file.offset);
  }

  /**
   * Where to go on so that no more waits than may; `undefined` when that is so.
   * @param diskIsFull then no more than {@link SPARED_BYTES}, whatever else is allowed
   */
  overflowsUpTo(diskIsFull: boolean): number | undefined {
    const { maxBufferBytes, maxBufferEvents } = this.route;
    if (diskIsFull && this.file.waiting > SPARED_BYTES) return this.file.lineBeforeEnd(SPARED_BYTES);
    if (maxBufferBytes === Number.POSITIVE_INFINITY && maxBufferEvents === Number.POSITIVE_INFINITY) return undefined;
    const { waiting } = this.file;
    if (waiting > this.allowance) return this.file.lineBeforeEnd(this.allowance);
    this.allowance = Math.max(maxBufferBytes, waiting);
    // A line has one byte at least.
    if (this.file.offset < this.file.backlog.to || waiting <= maxBufferEvents) return undefined;
    return this.file.lineBeforeLast(maxBufferEvents);
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
