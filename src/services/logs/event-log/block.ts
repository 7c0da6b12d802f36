import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** AWS counts so many bytes for each event beside its message. */
export const EVENT_OVERHEAD_BYTES = 26;

/** No block spans more time: bounds how far back a reader must look for blocks that reach into its range. */
export const MAX_BLOCK_SPAN_MS = 10_000;
const MAX_BLOCK_CHARS = 256 * 1024;
const MAX_BLOCK_EVENTS = 10_000;

/** Below this, compressing costs more than it gains. */
const COMPRESS_FROM_BYTES = 512;
const RAW = 0;
const ZSTD = 1;

/** Events that were stored together, as one row. */
export interface EncodedBlock {
  count: number;
  firstTimestamp: number;
  lastTimestamp: number;
  /** As AWS counts: UTF-8 bytes of the messages and 26 for each event. */
  storedBytes: number;
  body: Uint8Array;
}

/** Cuts events, which must be in chronological order, into runs that fit a block. */
export function* splitIntoBlocks<T extends LogEvent>(events: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  let chars = 0;
  for (const [at, event] of events.entries()) {
    const full = at - start >= MAX_BLOCK_EVENTS || chars + event.message.length > MAX_BLOCK_CHARS;
    if (at > start && (full || event.timestamp - events[start]!.timestamp > MAX_BLOCK_SPAN_MS)) {
      yield events.slice(start, at);
      start = at;
      chars = 0;
    }
    chars += event.message.length;
  }
  if (start < events.length) yield events.slice(start);
}

/**
 * The body: a byte that says how it is compressed, then the messages' lengths in UTF-16 units, then, unless all
 * timestamps are the same, their distances from the first, then all messages as one UTF-8 text. Joining the texts makes
 * both directions a few native calls for thousands of lines.
 */
export function encodeBlock(events: readonly LogEvent[]): EncodedBlock {
  const count = events.length;
  const firstTimestamp = events[0]!.timestamp;
  const lastTimestamp = events[count - 1]!.timestamp;
  const text = Buffer.from(events.map((event) => event.message).join(""));
  const numbers = new Uint32Array(firstTimestamp === lastTimestamp ? count : 2 * count);
  for (let i = 0; i < count; i++) numbers[i] = events[i]!.message.length;
  for (let i = count; i < numbers.length; i++) numbers[i] = events[i - count]!.timestamp - firstTimestamp;
  const plain = Buffer.concat([Buffer.from(numbers.buffer), text]);
  const compressed = plain.length >= COMPRESS_FROM_BYTES;
  const content = compressed ? zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) : plain;
  return {
    count,
    firstTimestamp,
    lastTimestamp,
    storedBytes: text.length + EVENT_OVERHEAD_BYTES * count,
    body: Buffer.concat([Buffer.from([compressed ? ZSTD : RAW]), content]),
  };
}

/** A block that is read. */
export class Block {
  readonly count: number;
  private readonly firstTimestamp: number;
  private readonly distances: Uint32Array | undefined;
  /** Where in {@link text} each message ends. */
  private readonly ends: Uint32Array;
  private readonly text: string;

  constructor(row: Pick<EncodedBlock, "count" | "firstTimestamp" | "lastTimestamp" | "body">) {
    const content = row.body.subarray(1);
    const plain = row.body[0] === ZSTD ? zstdDecompressSync(content) : Buffer.from(content);
    const sameTime = row.firstTimestamp === row.lastTimestamp;
    const textStart = 4 * row.count * (sameTime ? 1 : 2);
    const numbers = new Uint32Array(plain.buffer.slice(plain.byteOffset, plain.byteOffset + textStart));
    this.count = row.count;
    this.firstTimestamp = row.firstTimestamp;
    this.distances = sameTime ? undefined : numbers.subarray(row.count);
    this.ends = numbers.subarray(0, row.count);
    for (let i = 1; i < row.count; i++) this.ends[i]! += this.ends[i - 1]!;
    this.text = plain.toString("utf8", textStart);
  }

  timestampAt(index: number): number {
    return this.firstTimestamp + (this.distances?.[index] ?? 0);
  }

  messageAt(index: number): string {
    return this.text.slice(index === 0 ? 0 : this.ends[index - 1], this.ends[index]);
  }
}
