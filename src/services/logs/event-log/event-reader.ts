import type { Block } from "./block.ts";
import type { BlockCursor, BlockRow, Direction, Range } from "./block-cursor.ts";
import { comparePositions, type Position } from "./position.ts";

/** An event as it was stored. */
export interface StoredEvent {
  position: Position;
  streamName: string;
  timestamp: number;
  message: string;
  ingestionTime: number;
}

/** A block on its way through the merge: where it stands now, and its events once that place is reached. */
interface Run {
  cursor: BlockCursor;
  row: BlockRow;
  position: Position;
  block: Block | undefined;
}

/**
 * Reads the events of a range in order, merging blocks that overlap in time. Backward gives the latest first. At any
 * moment only blocks that overlap at that time are in memory.
 */
export class EventReader {
  private readonly range: Range;
  private readonly sign: 1 | -1;
  /** A heap: the run that comes next is the first. */
  private readonly runs: Run[] = [];

  constructor(cursors: readonly BlockCursor[], range: Range, direction: Direction) {
    this.range = range;
    this.sign = direction === "forward" ? 1 : -1;
    for (const cursor of cursors) this.admitNext(cursor);
  }

  /** Where the next event stands, without reading it; `undefined` at the end of the range. */
  peek(): Position | undefined {
    for (;;) {
      const run = this.runs[0];
      if (!run) return undefined;
      if (run.block) return this.inRange(run.position) ? run.position : undefined;
      this.open(run);
    }
  }

  next(): StoredEvent | undefined {
    const position = this.peek();
    if (!position) return undefined;
    const { row, block } = this.runs[0]!;
    const event: StoredEvent = {
      position,
      streamName: row.streamName,
      timestamp: position.timestamp,
      message: block!.messageAt(position.index),
      ingestionTime: row.ingestionTime,
    };
    this.moveTo(position.index + this.sign);
    return event;
  }

  /** Takes the block at the top in: from here on, the next block of its cursor takes part in the merge. */
  private open(run: Run): void {
    this.admitNext(run.cursor);
    run.block = run.cursor.open(run.row);
    // The run stands at the edge of the range or of its block; other runs may come before its first event inside.
    if (run.block) this.moveTo(this.firstIndexInside(run.block, run.row.id), run);
    else this.moveTo(-1, run);
  }

  private admitNext(cursor: BlockCursor): void {
    const row = cursor.next();
    if (!row) return;
    const position =
      this.sign === 1
        ? laterOf({ timestamp: row.firstTimestamp, block: row.id, index: 0 }, this.range.from)
        : earlierOf({ timestamp: row.lastTimestamp, block: row.id, index: row.count - 1 }, this.range.to);
    this.runs.push({ cursor, row, position, block: undefined });
    this.siftUp(this.runs.length - 1);
  }

  private firstIndexInside(block: Block, id: number): number {
    const edge = this.sign === 1 ? this.range.from : this.range.to;
    let low = 0;
    let high = block.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const position = { timestamp: block.timestampAt(middle), block: id, index: middle };
      if (comparePositions(position, edge) < 0) low = middle + 1;
      else high = middle;
    }
    return this.sign === 1 ? low : low - 1;
  }

  /** Lets a run stand at another of its events, or takes it out of the merge when it has none there. */
  private moveTo(index: number, run = this.runs[0]!): void {
    const at = this.runs.indexOf(run);
    if (run.block && index >= 0 && index < run.block.count) {
      run.position = { timestamp: run.block.timestampAt(index), block: run.row.id, index };
    } else {
      const last = this.runs.pop()!;
      if (at === this.runs.length) return;
      this.runs[at] = last;
      this.siftUp(at);
    }
    this.siftDown(at);
  }

  private inRange(position: Position): boolean {
    return this.sign === 1
      ? comparePositions(position, this.range.to) < 0
      : comparePositions(position, this.range.from) >= 0;
  }

  private comesBefore(a: number, b: number): boolean {
    return this.sign * comparePositions(this.runs[a]!.position, this.runs[b]!.position) < 0;
  }

  private siftUp(at: number): void {
    for (let parent = (at - 1) >> 1; at > 0 && this.comesBefore(at, parent); parent = (at - 1) >> 1) {
      this.swap(at, parent);
      at = parent;
    }
  }

  private siftDown(at: number): void {
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.runs.length && this.comesBefore(child, first)) first = child;
      if (first === at) return;
      this.swap(at, first);
      at = first;
    }
  }

  private swap(a: number, b: number): void {
    const run = this.runs[a]!;
    this.runs[a] = this.runs[b]!;
    this.runs[b] = run;
  }
}

function laterOf(a: Position, b: Position): Position {
  return comparePositions(a, b) >= 0 ? a : b;
}

function earlierOf(a: Position, b: Position): Position {
  return comparePositions(a, b) <= 0 ? a : b;
}
