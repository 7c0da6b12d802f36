import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { Logger } from "../../base/log.ts";
import { backoffMs } from "../../base/retry.ts";
import type { LogEvent, LogSink } from "../ports.ts";
import type { FollowedFile } from "./followed-file.ts";

/**
 * A file that was just shipped is shipped again this much later: what is written meanwhile goes together. What comes
 * after a pause is shipped at once.
 */
const BATCH_MS = 200;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;

/**
 * Reads files that have something new and hands it to the sink: one file after the other, a bounded piece of each in its
 * turn, so that one that is flooded holds up no other, and with the event loop free in between.
 */
export class Pump {
  private readonly sink: LogSink;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly stopped = new AbortController();
  private readonly queue: FollowedFile[] = [];
  private running: Promise<void> | undefined;

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

  /** Ends after the turn that is under way. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
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
      file.state = "busy";
      const { ending } = file;
      try {
        const more = await this.ship(file);
        // It may have begun to end in the meantime: then a last line is still to be taken.
        this.settle(file, more || file.ending !== ending);
        file.failures = 0;
      } catch (err) {
        this.retryLater(file, err);
      }
    }
    this.running = undefined;
  }

  /** One turn of a file. Returns whether there may be more right now. */
  private async ship({ file, source, route, ending }: FollowedFile): Promise<boolean> {
    const { messages, consumed, more } = file.read(ending);
    if (!consumed) return more;
    const checkpoint = { source, offset: file.offset + consumed };
    const timestamp = Math.max(this.clock.now(), route.lastTimestamp);
    route.lastTimestamp = timestamp;
    // Not one await between taking the time and the sink: see its promise about the order of timestamps.
    const events: LogEvent[] = messages.map((message) => ({ timestamp, message }));
    try {
      await this.sink.append(route.scope, route.group, route.stream, events, checkpoint);
      route.dropping = false;
    } catch (err) {
      if (!(err instanceof AwsError && err.code === "ResourceNotFoundException")) throw err;
      if (!route.dropping)
        this.log.warn({ err, source, group: route.group, stream: route.stream }, "output is dropped");
      route.dropping = true;
      await this.sink.append(route.scope, route.group, route.stream, [], checkpoint);
    }
    failpoint("log-shipper.shipped");
    file.advance(consumed);
    return more;
  }

  private settle(file: FollowedFile, more: boolean): void {
    file.shippedAt = performance.now();
    if (more) return this.enqueue(file);
    file.state = "idle";
    if (file.ending) return file.resolveDrained();
    if (this.stopped.signal.aborted) return;
    file.watch(
      () => this.wake(file),
      (err) => this.retryLater(file, err),
    );
    if (file.file.hasMore()) this.wake(file); // written before the watch began
  }

  private wake(file: FollowedFile): void {
    if (file.state === "idle") this.readAfter(file, BATCH_MS - (performance.now() - file.shippedAt));
  }

  private retryLater(file: FollowedFile, err: unknown): void {
    file.failures++;
    const delay = backoffMs(file.failures, FIRST_RETRY_MS, MAX_RETRY_MS);
    this.log.warn({ err, source: file.source, attempt: file.failures, retryInMs: delay }, "output is not shipped yet");
    this.readAfter(file, delay);
  }
}

/** Why a drain did not come to its end. */
export function stoppedError(): Error {
  return new Error("the log shipper is stopped");
}
