import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { CloudWatchTarget } from "../log-route.ts";
import type { LogEvent, LogSink } from "../ports.ts";
import type { Destination, Parcel, Turn } from "./destination.ts";
import type { LogFile } from "./log-file.ts";
import { MAX_MESSAGE_BYTES, takeLines } from "./lines.ts";
import { takeEvents } from "./multiline.ts";
import { compileMultilinePattern, type LineMatcher } from "./multiline-pattern.ts";

/** How long an event of several lines waits for the next line: as long as Docker's driver. */
const EVENT_OPEN_MS = 5000;

/** A stream of CloudWatch Logs: stored in this process, with the place in one transaction. */
export class CloudWatchDestination implements Destination {
  readonly remote = false;
  private readonly target: CloudWatchTarget;
  private readonly sink: LogSink;
  private readonly clock: Clock;
  private readonly log: Logger;
  /** Nothing may be written: all is dropped. */
  private readonly isRefused: boolean;
  private readonly begins: LineMatcher | undefined;
  /** The events that were left, by file: where they begin, and since when they wait. */
  private readonly open = new Map<LogFile, { offset: number; since: number }>();
  /** Whether it was said that output is dropped because the stream is gone. */
  private dropping = false;

  constructor(
    target: CloudWatchTarget,
    { sink, isRefused, clock, log }: { sink: LogSink; isRefused: boolean; clock: Clock; log: Logger },
  ) {
    this.target = target;
    this.sink = sink;
    this.clock = clock;
    this.log = log;
    this.isRefused = isRefused;
    this.begins = target.multilinePattern ? this.compile(target.multilinePattern) : undefined;
  }

  take(turn: Turn, source: string): Parcel {
    const { file, ending } = turn;
    if (this.begins) return this.takeEvents(turn, source, this.begins);
    const { items, consumed, more } = file.read(takeLines, MAX_MESSAGE_BYTES, ending);
    return { consumed, more, deliver: () => this.store(turn, source, items, consumed) };
  }

  close(): void {}

  /** A pattern that is none keeps its container from starting; there is nothing to cut then, but the end is as of others. */
  private compile(pattern: string): LineMatcher | undefined {
    try {
      return compileMultilinePattern(pattern);
    } catch (err) {
      this.log.warn({ err }, "lines are not joined to events");
      return undefined;
    }
  }

  private takeEvents(turn: Turn, source: string, begins: LineMatcher): Parcel {
    const { file, ending } = turn;
    const now = this.clock.now();
    const open = this.open.get(file);
    const since = open?.offset === file.offset ? open.since : undefined;
    const isDue = since !== undefined && (now - since >= EVENT_OPEN_MS || now < since);
    const { items, consumed, more, left } = file.readLong(
      (bytes, atEnd) => takeEvents(bytes, begins, atEnd || isDue, atEnd),
      ending,
    );
    const parcel = { consumed, more, deliver: () => this.store(turn, source, items, consumed, since) };
    if (!left) {
      this.open.delete(file);
      return parcel;
    }
    const next = { offset: file.offset + consumed, since: (consumed ? undefined : since) ?? now };
    this.open.set(file, next);
    return { ...parcel, dueAt: next.since + EVENT_OPEN_MS };
  }

  /** @param firstAt when the first was seen, if that was before */
  private async store(
    turn: Turn,
    source: string,
    messages: string[],
    consumed: number,
    firstAt?: number,
  ): Promise<void> {
    const { group, stream, scope } = this.target;
    const { offset } = turn.file;
    const checkpoint = { source, offset: offset + consumed };
    if (this.isRefused) return await this.sink.saveCheckpoint(checkpoint);
    // Not one await between taking the time and the sink: see its promise about the order of timestamps.
    const from = turn.timeAt(offset);
    const span = turn.timeAt(checkpoint.offset - 1) - from;
    const events = messages.map((message, i): LogEvent => {
      return { timestamp: Math.floor(from + (span * i) / messages.length), message };
    });
    if (firstAt !== undefined && events[0]) events[0].timestamp = Math.min(firstAt, events[0].timestamp);
    try {
      await this.sink.append(scope, group, stream, events, checkpoint);
      this.dropping = false;
    } catch (err) {
      if (!(err instanceof AwsError && err.code === "ResourceNotFoundException")) throw err;
      if (!this.dropping) this.log.warn({ err, source, group, stream }, "output is dropped");
      this.dropping = true;
      await this.sink.saveCheckpoint(checkpoint);
    }
  }
}
