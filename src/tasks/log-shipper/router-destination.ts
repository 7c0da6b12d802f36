import { randomBytes } from "node:crypto";
import type { RouterTarget } from "../log-route.ts";
import type { LogSink } from "../ports.ts";
import type { Destination, Parcel, Turn } from "./destination.ts";
import { FRAGMENT_BYTES, takeFragments, type Fragment } from "./fragments.ts";
import { MsgpackWriter } from "./msgpack.ts";
import { RouterConnection } from "./router-connection.ts";

/** So many at once, and no more than a turn's bytes. */
const MAX_EVENTS = 10_000;

/** A line that is sent in parts. */
interface OpenLine {
  id: string;
  parts: number;
}

/**
 * A FireLens router: events as those of Docker's fluentd driver, in the forward mode of Fluentd's protocol.
 * https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
export class RouterDestination implements Destination {
  readonly remote = true;
  private readonly target: RouterTarget;
  private readonly sink: LogSink;
  private readonly connection: RouterConnection;
  private readonly openLines = new Map<string, OpenLine>();
  /** stdout and stderr share the connection. */
  private sending: Promise<void> = Promise.resolve();

  constructor(target: RouterTarget, sink: LogSink) {
    this.target = target;
    this.sink = sink;
    this.connection = new RouterConnection(target.socketFolder, target.acknowledges);
  }

  take(turn: Turn, source: string): Parcel {
    const { file, ending } = turn;
    const before = this.openLines.get(source);
    let open = before;
    let message: Buffer | undefined;
    const chunk = this.connection.asksForAcks ? randomBytes(16).toString("base64") : undefined;
    const encode = (fragments: readonly Fragment[], consumed: number) => {
      const from = turn.timeAt(file.offset);
      const span = turn.timeAt(file.offset + consumed - 1) - from;
      const writer = new MsgpackWriter(consumed + 160 * fragments.length + 200);
      writer.array(3).string(this.target.tag).array(fragments.length);
      for (const [i, { bytes, last }] of fragments.entries()) {
        if (open) open = { ...open, parts: open.parts + 1 };
        else if (!last) open = { id: randomBytes(32).toString("hex"), parts: 1 };
        writer.array(2).eventTime(from + (span * i) / fragments.length);
        this.record(writer, turn.output, bytes, open, last);
        if (last) open = undefined;
      }
      if (chunk !== undefined) writer.map(2).string("chunk").string(chunk);
      else writer.map(1);
      message = writer.string("size").unsigned(fragments.length).result();
    };
    const { consumed, more, items } = file.read<true>(
      (bytes, atEnd) => {
        const taken = takeFragments(bytes, atEnd, MAX_EVENTS);
        if (taken.items.length) encode(taken.items, taken.consumed);
        return { items: taken.items.map(() => true as const), consumed: taken.consumed };
      },
      FRAGMENT_BYTES,
      ending,
    );
    const checkpoint = { source, offset: file.offset + consumed };
    const deliver = async () => {
      const turnOfOurs = this.sending.then(() => message && this.connection.send(message, chunk));
      this.sending = turnOfOurs.catch(() => {});
      await turnOfOurs;
      if (open) this.openLines.set(source, open);
      else this.openLines.delete(source);
      await this.sink.saveCheckpoint(checkpoint);
    };
    return { consumed, more: more || items.length === MAX_EVENTS, deliver };
  }

  close(): void {
    this.connection.close();
  }

  private record(writer: MsgpackWriter, output: string, log: Buffer, part: OpenLine | undefined, last: boolean): void {
    writer.map(part ? 8 : 4);
    writer.string("container_id").string(this.target.containerId);
    writer.string("container_name").string(this.target.containerName);
    writer.string("source").string(output);
    writer.string("log").string(log);
    if (!part) return;
    writer.string("partial_message").string("true");
    writer.string("partial_id").string(part.id);
    writer.string("partial_ordinal").string(String(part.parts));
    writer.string("partial_last").string(String(last));
  }
}
