import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { diskSpace, isScarce } from "../../base/disk-space.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { Logger } from "../../base/log.ts";
import { backoffMs } from "../../base/retry.ts";
import type { LogSink } from "../ports.ts";
import { SPARED_BYTES, type FollowedFile } from "./followed-file.ts";

/**
 * A file that was just shipped is shipped again this much later: what is written meanwhile goes together. What comes
 * after a pause is shipped at once.
 */
const BATCH_MS = 200;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;
/** A router or a collector that begins late, or again, is found so soon. */
const MAX_REMOTE_RETRY_MS = 5_000;
/** While a file waits for another attempt, how often it is seen to that it does not grow beyond its bound. */
const TRIM_EVERY_MS = 1000;
/** How often it is asked how much room the disk has. */
const LOOK_EVERY_MS = 250;

/**
 * Reads files that have something new and hands it over: one file after the other, a bounded piece of each in its turn, so
 * that one that is flooded holds up no other, and with the event loop free in between. What goes to others is not waited
 * for by other files.
 */
export class Pump {
  private readonly sink: LogSink;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly stopped = new AbortController();
  private readonly queue: FollowedFile[] = [];
  private readonly abroad = new Set<Promise<void>>();
  private running: Promise<void> | undefined;
  /** What is known of the disk that all files are on, and since when. */
  private disk = { isFull: false, lookedAt: Number.NEGATIVE_INFINITY };

  constructor(sink: LogSink, clock: Clock, log: Logger) {
    this.sink = sink;
    this.clock = clock;
    this.log = log;
  }

  /** Begins to ship a file, now and whenever it is written to. */
  follow(file: FollowedFile): void {
    this.enqueue(file);
  }

  /** Ships the rest of a file that is no longer written to. Rejects when the pump is stopped before that is done. */
  async drain(file: FollowedFile): Promise<void> {
    if (this.stopped.signal.aborted) throw stoppedError();
    file.ending = true;
    file.unwatch();
    if (file.state === "idle" || file.state === "waiting") this.enqueue(file);
    await file.drained;
  }

  /** Ends after the turns that are under way. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await Promise.all(this.abroad);
  }

  private readAfter(file: FollowedFile, ms: number): void {
    file.unwatch();
    if (ms <= 0) return this.enqueue(file);
    file.state = "waiting";
    const wait = ++file.wait;
    const read = () => {
      if (file.state === "waiting" && file.wait === wait) this.enqueue(file);
    };
    this.clock.sleep(ms, this.stopped.signal).then(read, () => {});
  }

  private enqueue(file: FollowedFile): void {
    file.state = "queued";
    this.queue.push(file);
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    while (this.queue.length && !this.stopped.signal.aborted) {
      await nextTurn();
      const file = this.queue.shift()!;
      if (file.state !== "queued") continue;
      file.state = "busy";
      const turn = this.turn(file);
      if (!file.route.destination.remote) await turn;
      else {
        this.abroad.add(turn);
        void turn.finally(() => this.abroad.delete(turn));
      }
    }
    this.running = undefined;
  }

  private async turn(file: FollowedFile): Promise<void> {
    const { ending } = file;
    try {
      await this.trim(file);
      const { more, dueAt } = await this.ship(file);
      file.failures = 0;
      // It may have begun to end in the meantime: then a last line is still to be taken.
      if (file.state === "busy") this.settle(file, more || file.ending !== ending, dueAt);
    } catch (err) {
      if (file.state === "busy") this.retryLater(file, err);
    }
  }

  /** One turn of a file. Returns whether there may be more right now, and when what was left must be taken. */
  private async ship(followed: FollowedFile): Promise<{ more: boolean; dueAt?: number }> {
    const { file, source, output, ending, route } = followed;
    const now = this.clock.now();
    const timeAt = (offset: number) => followed.timeAt(offset, now);
    const parcel = route.destination.take({ file, output, ending, timeAt }, source);
    if (!parcel.consumed) return parcel;
    await parcel.deliver();
    failpoint("log-shipper.shipped");
    followed.advance(parcel.consumed);
    return parcel;
  }

  /** Drops the oldest of a file of which more waits than may. */
  private async trim(file: FollowedFile): Promise<void> {
    const diskIsFull = file.file.waiting > SPARED_BYTES && (await this.isDiskFull(file.file.path));
    const offset = file.overflowsUpTo(diskIsFull);
    if (offset === undefined) return;
    if (!file.overflowing)
      this.log.warn(
        { source: file.source, diskIsFull },
        "a container writes faster than its output is shipped: the oldest is dropped",
      );
    file.overflowing = true;
    await this.sink.saveCheckpoint({ source: file.source, offset }); // first: holes are not read
    file.file.skipTo(offset);
  }

  private async isDiskFull(path: string): Promise<boolean> {
    const now = performance.now();
    if (now - this.disk.lookedAt >= LOOK_EVERY_MS)
      this.disk = { isFull: isScarce(await diskSpace(path)), lookedAt: now };
    return this.disk.isFull;
  }

  private settle(file: FollowedFile, more: boolean, dueAt: number | undefined): void {
    file.shippedAt = performance.now();
    if (more) return this.enqueue(file);
    file.overflowing = false;
    file.state = "idle";
    if (file.ending) return file.resolveDrained();
    if (this.stopped.signal.aborted) return;
    file.watch(
      () => this.wake(file),
      (err) => this.retryLater(file, err),
    );
    if (file.file.hasMore()) this.wake(file); // written before the watch began
    else if (dueAt !== undefined) this.takeWhenDue(file, dueAt);
  }

  /** Unless it is written to before: then that turn sees to it. */
  private takeWhenDue(file: FollowedFile, dueAt: number): void {
    const { wait } = file;
    const take = () => {
      if (file.state === "idle" && file.wait === wait) this.readAfter(file, 0);
    };
    this.clock.sleep(Math.max(1, dueAt - this.clock.now()), this.stopped.signal).then(take, () => {});
  }

  private wake(file: FollowedFile): void {
    if (file.state === "idle") this.readAfter(file, BATCH_MS - (performance.now() - file.shippedAt));
  }

  private retryLater(file: FollowedFile, err: unknown): void {
    file.failures++;
    file.takeBack(this.clock.now());
    const most = file.route.destination.remote ? MAX_REMOTE_RETRY_MS : MAX_RETRY_MS;
    const delay = backoffMs(file.failures, FIRST_RETRY_MS, most);
    const said = { err, source: file.source, attempt: file.failures, retryInMs: delay };
    // A router that has just been started does not listen yet.
    const level = file.route.destination.remote && file.failures < 5 ? "debug" : "warn";
    this.log[level](said, "output is not shipped yet");
    this.readAfter(file, delay);
    if (delay > TRIM_EVERY_MS) void this.keepBounded(file);
  }

  private async keepBounded(file: FollowedFile): Promise<void> {
    const { wait } = file;
    try {
      for (;;) {
        await this.clock.sleep(TRIM_EVERY_MS, this.stopped.signal);
        if (file.state !== "waiting" || file.wait !== wait) return;
        file.keepTime(this.clock.now());
        await this.trim(file);
      }
    } catch (err) {
      if (!this.stopped.signal.aborted) this.log.warn({ err, source: file.source }, "output could not be dropped");
    }
  }
}

/** Why a drain did not come to its end. */
export function stoppedError(): Error {
  return new Error("the log shipper is stopped");
}
