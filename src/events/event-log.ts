import { sql, type Kysely } from "kysely";
import type { Store, StoreTable, Tables } from "../store/store.ts";
import type { AwsEvent, EventFilter, PublishedEvent } from "./event.ts";

const TABLE = "event";

/** Whoever reads or deletes more at once, some megabytes, keeps others waiting. */
const READ_AT_ONCE = 1000;
const DELETED_AT_ONCE = 1000;

/** Which events are kept. */
export interface Retention {
  /** Milliseconds. */
  maxAgeMs: number;
  maxCount: number;
}

/**
 * The table of the events, in the same database as the state: what is written here in a transaction is there when the
 * change is that it tells of, and only then. Rows are added behind the last and removed from the first on, so that one is
 * a single small write.
 */
export class EventLog implements StoreTable {
  /** As the store's change feed says it. */
  readonly name = TABLE;
  private readonly store: Store;

  /** Declares its table; the store is not open yet. */
  constructor(store: Store) {
    this.store = store;
    store.table(this);
  }

  async createTable(db: Kysely<Tables>): Promise<void> {
    await db.schema
      .createTable(TABLE)
      .ifNotExists()
      // Numbers go on after all events have gone: whoever has read up to one of them would else miss new ones.
      .addColumn("sequence", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("time", "integer", (column) => column.notNull())
      .addColumn("source", "text", (column) => column.notNull())
      .addColumn("detail_type", "text", (column) => column.notNull())
      .addColumn("event", "text", (column) => column.notNull())
      .execute();
  }

  async clear(): Promise<void> {
    await this.store.db.deleteFrom(TABLE).execute();
  }

  /** Joins the caller's transaction. @param time milliseconds since 1970 */
  async append(scope: string, event: AwsEvent, time: number): Promise<void> {
    await this.store.db
      .insertInto(TABLE)
      .values({ time, source: event.source, detail_type: event["detail-type"], event: JSON.stringify(event) })
      .execute();
    this.store.changed({ collection: TABLE, scope, id: event.id, kind: "put", values: {} });
  }

  /**
   * Some of the events behind a number that fit. A number that is not reached yet is of a log that was put back since:
   * everything is new then.
   * @returns also up to which number it has looked, and whether that is the last
   */
  async read(
    after: number,
    limit: number,
    filter: EventFilter,
  ): Promise<{ events: PublishedEvent[]; upTo: number; isAll: boolean }> {
    const { first, last } = await this.bounds();
    const from = after > last ? 0 : Math.max(after, first - 1);
    const end = Math.min(last, from + READ_AT_ONCE);
    let query = this.store.db
      .selectFrom(TABLE)
      .select(["sequence", "event"])
      .where("sequence", ">", from)
      .where("sequence", "<=", end)
      .orderBy("sequence")
      .limit(limit);
    if (filter.source !== undefined) query = query.where("source", "=", filter.source);
    if (filter.detailTypes) query = query.where("detail_type", "in", [...filter.detailTypes]);
    const events = (await query.execute()).map((row) => ({
      sequence: row["sequence"] as number,
      event: JSON.parse(row["event"] as string) as AwsEvent,
    }));
    const upTo = events.length === limit ? events.at(-1)!.sequence : end;
    return { events, upTo, isAll: upTo === last };
  }

  /** The numbers of the first and the last event; 0 and 0 when there is none. */
  async bounds(): Promise<{ first: number; last: number }> {
    const table = sql.table(TABLE);
    // SQLite finds either at once, but not both in one: asked together it reads the whole table.
    const select = sql<Record<"first" | "last", number | null>>`select (select min(sequence) from ${table}) as first,
      (select max(sequence) from ${table}) as last`;
    const { first, last } = (await select.execute(this.store.db)).rows[0]!;
    return { first: first ?? 0, last: last ?? 0 };
  }

  /** The number that the events since a time come behind. @param time milliseconds since 1970 */
  async lastBefore(time: number): Promise<number> {
    const { first, last } = await this.bounds();
    if (!last) return 0;
    // Numbers and times grow together: halving needs neither an index nor a look at all of them.
    let [before, since] = [first - 1, last + 1];
    while (since - before > 1) {
      const middle = Math.floor((before + since) / 2);
      if ((await this.timeOf(middle)) < time) before = middle;
      else since = middle;
    }
    return before;
  }

  /** Forgets events that are too old or too many. */
  async prune(now: number, { maxAgeMs, maxCount }: Retention): Promise<void> {
    const { first, last } = await this.bounds();
    const doomed = Math.max(last - maxCount, await this.lastBefore(now - maxAgeMs));
    for (let upTo = first + DELETED_AT_ONCE; upTo - DELETED_AT_ONCE <= doomed; upTo += DELETED_AT_ONCE)
      await this.store.db.deleteFrom(TABLE).where("sequence", "<=", Math.min(upTo, doomed)).execute();
  }

  private async timeOf(sequence: number): Promise<number> {
    const row = await this.store.db
      .selectFrom(TABLE)
      .select("time")
      .where("sequence", ">=", sequence)
      .orderBy("sequence")
      .limit(1)
      .executeTakeFirst();
    return (row?.["time"] as number | undefined) ?? Infinity;
  }
}
