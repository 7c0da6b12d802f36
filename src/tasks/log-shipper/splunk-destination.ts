import type { Logger } from "../../base/log.ts";
import type { SplunkTarget } from "../log-route.ts";
import type { LogSink } from "../ports.ts";
import type { Destination, Parcel, Turn } from "./destination.ts";
import { FRAGMENT_BYTES, takeFragments } from "./fragments.ts";
import { postToSplunk, SplunkError } from "./splunk-client.ts";
import { splunkEvent } from "./splunk-events.ts";

/** As many as Docker's driver posts at once. */
const MAX_EVENTS = 1000;

/** Splunk's HTTP Event Collector. */
export class SplunkDestination implements Destination {
  readonly remote = true;
  private readonly target: SplunkTarget;
  private readonly sink: LogSink;
  private readonly log: Logger;
  private readonly closed = new AbortController();

  constructor(target: SplunkTarget, sink: LogSink, log: Logger) {
    this.target = target;
    this.sink = sink;
    this.log = log;
  }

  take({ file, ending, output, timeAt }: Turn, source: string): Parcel {
    const from = timeAt(file.offset);
    const { items, consumed, more } = file.read<string>(
      (bytes, atEnd) => {
        const taken = takeFragments(bytes, atEnd, MAX_EVENTS);
        const span = timeAt(file.offset + Math.max(0, taken.consumed - 1)) - from;
        const texts = taken.items.map(
          ({ bytes: line }, i) =>
            splunkEvent(this.target, output, line.toString(), from + (span * i) / taken.items.length) ?? "",
        );
        return { items: texts, consumed: taken.consumed };
      },
      FRAGMENT_BYTES,
      ending,
    );
    const checkpoint = { source, offset: file.offset + consumed };
    const deliver = async () => {
      const events = Buffer.from(items.join(""));
      if (events.length) await this.post(events, source);
      await this.sink.saveCheckpoint(checkpoint);
    };
    return { consumed, more: more || items.length === MAX_EVENTS, deliver };
  }

  close(): void {
    this.closed.abort(new Error("the log shipper is stopped"));
  }

  private async post(events: Buffer, source: string): Promise<void> {
    try {
      await postToSplunk(this.target, events, this.closed.signal);
    } catch (err) {
      // Such as an index that does not exist: it would be refused again and again, and all behind it would wait.
      if (!(err instanceof SplunkError && err.status === 400)) throw err;
      this.log.warn({ err, source }, "output is dropped");
    }
  }
}
