/**
 * Where an event stands among all events: by time, then by the block that brought it (blocks are numbered as they come
 * in), then by its place there. This is the order of FilterLogEvents: timestamp, ingestion, PutLogEvents request.
 */
export interface Position {
  /** Milliseconds since 1970. */
  timestamp: number;
  block: number;
  index: number;
}

/** AWS's event ids carry the timestamp in the bits from 144 on. */
const TIMESTAMP_SHIFT = 144n;
const BLOCK_SHIFT = 32n;
const INDEX_MASK = (1n << BLOCK_SHIFT) - 1n;
const BLOCK_MASK = (1n << (TIMESTAMP_SHIFT - BLOCK_SHIFT)) - 1n;
const ID_DIGITS = 56;
/** The last millisecond whose ids have 56 digits: in the year 2112. */
const LATEST = 4_484_155_085_839;

/** Before every event of this millisecond. */
export function startOf(timestamp: number): Position {
  return { timestamp: Math.min(timestamp, LATEST), block: 0, index: 0 };
}

/** Right behind an event. */
export function behind(position: Position): Position {
  return { ...position, index: position.index + 1 };
}

/** Negative when `a` comes before `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.timestamp - b.timestamp || a.block - b.block || a.index - b.index;
}

/** The position as AWS spells event ids: 56 decimal digits that sort as the events do. */
export function formatPosition(position: Position): string {
  const bits =
    (BigInt(position.timestamp) << TIMESTAMP_SHIFT) | (BigInt(position.block) << BLOCK_SHIFT) | BigInt(position.index);
  return bits.toString().padStart(ID_DIGITS, "0");
}

/** The inverse of {@link formatPosition}; `undefined` when the text is not one. */
export function parsePosition(text: string): Position | undefined {
  if (!/^\d{56}$/.test(text)) return undefined;
  const bits = BigInt(text);
  const block = (bits >> BLOCK_SHIFT) & BLOCK_MASK;
  if (block > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { timestamp: Number(bits >> TIMESTAMP_SHIFT), block: Number(block), index: Number(bits & INDEX_MASK) };
}
