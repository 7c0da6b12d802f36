import { scopeKey, type Scope } from "../../base/scope.ts";
import type { LogEvent, LogSink } from "../../tasks/ports.ts";
import { streamNotFound } from "./errors.ts";
import { EVENT_OVERHEAD_BYTES } from "./event-log/block.ts";
import type { Checkpoint, StreamRef } from "./event-log/event-log.ts";
import type { Logs } from "./logs.ts";

/** One event can be no larger than 1 MB, its overhead included. */
export const MAX_EVENT_BYTES = 1_048_576;

const MAX_KNOWN_STREAMS = 10_000;

/** Puts the output of containers into their log streams, past the API and its limits on age and batches. */
export class StoreLogSink implements LogSink {
  private readonly logs: Logs;
  /**
   * With the stream at hand, appending reaches the event log within the caller's turn of the event loop. Events that
   * were given the current time then become visible in the order of their timestamps across all streams, and a client
   * that follows a group by asking for what is newer than the newest it has seen (`aws logs tail`) misses none.
   */
  private readonly known = new Map<string, StreamRef>();

  constructor(logs: Logs) {
    this.logs = logs;
  }

  async ensureStream(scope: Scope, group: string, stream: string, createGroup: boolean): Promise<void> {
    const { groups, events, clock } = this.logs;
    if (createGroup && !(await groups.find(scope, group))) {
      await groups.create(scope, group).catch((cause: unknown) => {
        if (!(cause instanceof Error && "code" in cause && cause.code === "ResourceAlreadyExistsException"))
          throw cause;
      });
    }
    const { uid } = await groups.require(scope, group);
    events.createStream(uid, stream, clock.now());
    await this.lookUp(scope, group, stream);
  }

  async append(scope: Scope, group: string, stream: string, events: LogEvent[], checkpoint: Checkpoint): Promise<void> {
    if (!events.length) return await this.saveCheckpoint(checkpoint);
    const ref = this.known.get(keyOf(scope, group, stream)) ?? (await this.lookUp(scope, group, stream));
    const stored = this.logs.events.append(ref, events.flatMap(splitEvent), this.logs.clock.now(), checkpoint);
    if (stored !== undefined) return;
    this.known.delete(keyOf(scope, group, stream));
    await this.logs.groups.require(scope, group);
    throw streamNotFound();
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.logs.events.writeCheckpoint(checkpoint);
  }

  async checkpoint(source: string): Promise<number> {
    return this.logs.events.checkpoint(source);
  }

  async dropCheckpoint(source: string): Promise<void> {
    this.logs.events.dropCheckpoint(source);
  }

  lastStoredBeforeStart(): number {
    return this.logs.lastStoredBeforeStart;
  }

  /** To be called when a group is deleted: its name may soon mean another one. */
  forgetGroup(scope: Scope, group: string): void {
    const prefix = keyOf(scope, group, "");
    for (const key of this.known.keys()) if (key.startsWith(prefix)) this.known.delete(key);
  }

  /** To be called when another event log is opened. */
  forgetStreams(): void {
    this.known.clear();
  }

  private async lookUp(scope: Scope, group: string, stream: string): Promise<StreamRef> {
    const { uid } = await this.logs.groups.require(scope, group);
    const ref = this.logs.events.findStream(uid, stream);
    if (!ref) throw streamNotFound();
    if (this.known.size >= MAX_KNOWN_STREAMS) this.known.clear();
    this.known.set(keyOf(scope, group, stream), ref);
    return ref;
  }
}

function keyOf(scope: Scope, group: string, stream: string): string {
  return `${scopeKey(scope)}:${group}:${stream}`; // neither name can have a colon
}

/** Cuts a message that is larger than an event may be, between characters. */
function splitEvent(event: LogEvent): LogEvent | LogEvent[] {
  const room = MAX_EVENT_BYTES - EVENT_OVERHEAD_BYTES;
  if (event.message.length * 3 <= room) return event;
  const bytes = Buffer.from(event.message);
  const pieces: LogEvent[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + room, bytes.length);
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    pieces.push({ timestamp: event.timestamp, message: bytes.toString("utf8", start, end) });
    start = end;
  }
  return pieces;
}
