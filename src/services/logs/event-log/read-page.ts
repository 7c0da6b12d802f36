import { setImmediate as nextTurn } from "node:timers/promises";
import { EVENT_OVERHEAD_BYTES } from "./block.ts";
import type { EventReader, StoredEvent } from "./event-reader.ts";
import type { Position } from "./position.ts";

/** AWS's bounds of one page. */
export const MAX_PAGE_EVENTS = 10_000;
const MAX_PAGE_BYTES = 1_048_576;

/** What one request may look through, whether or not it matches: where little matches, pages may be empty. */
const MAX_SCANNED_BYTES = 16 * 1024 * 1024;

/** How long reading keeps the event loop from other work. */
const SLICE_MS = 8;

export interface Page {
  /** In the reader's order. */
  events: StoredEvent[];
  /** Where the next page begins; `undefined` when the range was read to its end. */
  next: Position | undefined;
}

/** Reads up to `limit` events that match: at most 1 MB of them, looking through a bounded amount of what is stored. */
export async function readPage(
  reader: EventReader,
  limit: number,
  matches: (event: StoredEvent) => boolean = () => true,
): Promise<Page> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  let scanned = 0;
  let sliceStart = performance.now();
  for (;;) {
    const next = reader.peek();
    if (!next || events.length >= limit || scanned > MAX_SCANNED_BYTES) return { events, next };
    const event = reader.next()!;
    scanned += event.message.length + EVENT_OVERHEAD_BYTES;
    if (matches(event)) {
      bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
      if (bytes > MAX_PAGE_BYTES && events.length) return { events, next };
      events.push(event);
    }
    if (performance.now() - sliceStart > SLICE_MS) {
      await nextTurn();
      sliceStart = performance.now();
    }
  }
}
