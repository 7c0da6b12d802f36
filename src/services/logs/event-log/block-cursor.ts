import { Block, MAX_BLOCK_SPAN_MS } from "./block.ts";
import type { EventLog } from "./event-log.ts";
import type { Position } from "./position.ts";

/** A block as its row describes it, before its body is read. */
export interface BlockRow {
  id: number;
  streamName: string;
  firstTimestamp: number;
  lastTimestamp: number;
  count: number;
  ingestionTime: number;
}

/** Whose blocks: one stream's, or a whole group's. */
export type BlockOwner = { stream: number } | { group: number };

export type Direction = "forward" | "backward";

/** Events from `from` (included) to `to` (excluded). */
export interface Range {
  from: Position;
  to: Position;
}

const ROWS_PER_QUERY = 64;
const COLUMNS = `b.id, s.name, b.first, b.last, b.count, b.ingested`;

/**
 * The blocks of one owner that may hold events of a range, in the order of their first events, or backward in the order
 * of their last. A block reaches over at most {@link MAX_BLOCK_SPAN_MS}, so one that reaches into the range starts (or
 * ends) no farther than that outside of it.
 */
export class BlockCursor {
  private readonly log: EventLog;
  private readonly owner: BlockOwner;
  private readonly range: Range;
  private readonly direction: Direction;
  private rows: BlockRow[] = [];
  private behind: { time: number; id: number };
  private ended = false;

  constructor(log: EventLog, owner: BlockOwner, range: Range, direction: Direction) {
    this.log = log;
    this.owner = owner;
    this.range = range;
    this.direction = direction;
    this.behind =
      direction === "forward"
        ? { time: range.from.timestamp - MAX_BLOCK_SPAN_MS, id: -1 }
        : { time: range.to.timestamp + MAX_BLOCK_SPAN_MS, id: Number.MAX_SAFE_INTEGER };
  }

  next(): BlockRow | undefined {
    if (!this.rows.length && !this.ended) this.fetch();
    return this.rows.shift();
  }

  /** Reads a block's events; `undefined` when it was deleted in the meantime. */
  open(row: BlockRow): Block | undefined {
    const body = this.log.sql("select body from block where id = ?").get(row.id)?.["body"];
    return body === undefined ? undefined : new Block({ ...row, body: body as Uint8Array });
  }

  private fetch(): void {
    const [column, value] =
      "stream" in this.owner ? ["stream", this.owner.stream] : (["log_group", this.owner.group] as const);
    const [key, beyond, order] = this.direction === "forward" ? ["first", ">", "asc"] : ["last", "<", "desc"];
    const rows = this.log
      .sql(
        `select ${COLUMNS} from block b join log_stream s on s.id = b.stream
         where b.${column} = ? and (b.${key}, b.id) ${beyond} (?, ?) and b.last >= ? and b.first <= ?
         order by b.${key} ${order}, b.id ${order} limit ${ROWS_PER_QUERY}`,
      )
      .all(value, this.behind.time, this.behind.id, this.range.from.timestamp, this.range.to.timestamp);
    this.rows = rows.map((row) => ({
      id: row["id"] as number,
      streamName: row["name"] as string,
      firstTimestamp: row["first"] as number,
      lastTimestamp: row["last"] as number,
      count: row["count"] as number,
      ingestionTime: row["ingested"] as number,
    }));
    this.ended = rows.length < ROWS_PER_QUERY;
    const last = rows.at(-1);
    if (last) this.behind = { time: last[key] as number, id: last["id"] as number };
  }
}
