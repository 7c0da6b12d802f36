import type { SQLInputValue } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Scope } from "../../base/scope.ts";
import { scopeKey } from "../../base/scope.ts";
import { OwnDatabase } from "../../store/own-database.ts";
import type { StoredEvent } from "./event.ts";
import type { EventResource } from "./resources.ts";

/** Of the tables: a file with others is made anew. */
const SCHEMA_VERSION = 1;

/** The tables of the event history. Times are milliseconds since 1970. Records of one batch are compressed together. */
const SCHEMA = `
pragma auto_vacuum = incremental;
pragma journal_mode = wal;
pragma synchronous = normal;
pragma temp_store = memory;

create table if not exists batch (id integer primary key autoincrement, records blob not null) strict;

create table if not exists event (
  id integer primary key autoincrement,
  event_id text not null,
  scope text not null,
  time integer not null,
  name text not null,
  source text not null,
  user_name text,
  access_key_id text,
  read_only integer not null,
  resources text not null,
  batch integer not null,
  place integer not null
) strict;
create index if not exists event_by_time on event (scope, time, id);
create index if not exists event_by_age on event (time);
create index if not exists event_by_id on event (event_id);
create index if not exists event_by_name on event (scope, name, time, id);
create index if not exists event_by_user on event (scope, user_name, time, id);
create index if not exists event_by_key on event (scope, access_key_id, time, id);

create table if not exists event_resource (
  scope text not null,
  name text not null,
  type text not null,
  time integer not null,
  id integer not null,
  primary key (scope, name, time, id, type)
) strict, without rowid;
create index if not exists event_resource_by_type on event_resource (scope, type, time, id);
create index if not exists event_resource_by_event on event_resource (id);
`;

/** Events that are deleted in one step: some ten milliseconds, in which nothing else is done. */
const EXPIRE_STEP = 250;

/** What events are chosen by: at most one of them. */
export interface EventFilter {
  eventId?: string;
  name?: string;
  readOnly?: boolean;
  userName?: string;
  resourceType?: string;
  resourceName?: string;
  source?: string;
  accessKeyId?: string;
}

/** Where a page ends: events are listed from the latest to the earliest. */
export interface EventPlace {
  time: number;
  id: number;
}

export interface ListedEvent extends Omit<StoredEvent, "account" | "region"> {
  place: EventPlace;
}

/**
 * The event history: one SQLite file of its own, as it is written with every call. What is written is in the kernel's
 * hands when {@link append} returns and so survives the death of the process.
 */
export class EventStore {
  private readonly database: OwnDatabase;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.database = new OwnDatabase(path, { schema: SCHEMA, version: SCHEMA_VERSION });
  }

  close(): void {
    this.database.close();
  }

  append(events: readonly StoredEvent[]): void {
    const records = zstdCompressSync(Buffer.from(JSON.stringify(events.map(({ record }) => record))));
    this.database.transaction(() => {
      const batch = Number(this.database.sql("insert into batch (records) values (?)").run(records).lastInsertRowid);
      for (const [place, event] of events.entries()) this.insert(event, batch, place);
    });
  }

  /** Up to `limit` events of an account and Region between two times (both included), behind `after`. */
  list(
    scope: Scope,
    filter: EventFilter,
    range: { from: number; to: number; after?: EventPlace },
    limit: number,
  ): ListedEvent[] {
    const { from, value } = placesOf(filter);
    const { time, id } = range.after ?? { time: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };
    const rows = this.database
      .sql(
        `with place as (
         select distinct time, id from ${from} and time >= ? and time <= ? and (time, id) < (?, ?)
         order by time desc, id desc limit ?
       )
       select event.* from place join event on event.id = place.id order by place.time desc, place.id desc`,
      )
      .all(scopeKey(scope), ...value, range.from, range.to, time, id, limit);
    const batches = new Map<number, string[]>();
    return rows.map((row) => ({
      eventId: row["event_id"] as string,
      time: row["time"] as number,
      name: row["name"] as string,
      source: row["source"] as string,
      userName: (row["user_name"] as string | null) ?? undefined,
      accessKeyId: (row["access_key_id"] as string | null) ?? undefined,
      readOnly: row["read_only"] === 1,
      resources: JSON.parse(row["resources"] as string) as EventResource[],
      record: this.batch(row["batch"] as number, batches)[row["place"] as number]!,
      place: { time: row["time"] as number, id: row["id"] as number },
    }));
  }

  /** How much of the file is in use. */
  get bytes(): number {
    const { pages, free, size } = this.database
      .sql(
        `select page_count as pages, freelist_count as free, page_size as size
       from pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
      )
      .get() as { pages: number; free: number; size: number };
    return (pages - free) * size;
  }

  /** One step of forgetting what happened before `time`. Returns whether there is more to do. */
  expireStep(time: number): boolean {
    return this.database.transaction(() => {
      const rows = this.database
        .sql("select id from event where time < ? order by time limit ?")
        .all(time, EXPIRE_STEP);
      for (const { id } of rows as { id: number }[]) {
        this.database.sql("delete from event_resource where id = ?").run(id);
        this.database.sql("delete from event where id = ?").run(id);
      }
      if (!rows.length) return false;
      // Ids and batches rise together, so that the first event that is left has the first batch that is needed.
      const first = this.database.sql("select batch from event order by id limit 1").get()?.["batch"];
      this.database.sql("delete from batch where id < ?").run(first ?? Number.MAX_SAFE_INTEGER);
      this.database.sql("pragma incremental_vacuum(500)").all();
      return true;
    });
  }

  clear(): void {
    this.database.transaction(() => {
      for (const table of ["event_resource", "event", "batch"]) this.database.sql(`delete from ${table}`).run();
    });
  }

  private insert(event: StoredEvent, batch: number, place: number): void {
    const scope = scopeKey(event);
    const inserted = this.database
      .sql(
        `insert into event (event_id, scope, time, name, source, user_name, access_key_id, read_only, resources, batch, place)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        event.eventId,
        scope,
        event.time,
        event.name,
        event.source,
        event.userName ?? null,
        event.accessKeyId ?? null,
        event.readOnly ? 1 : 0,
        JSON.stringify(event.resources),
        batch,
        place,
      );
    for (const { name, type } of event.resources)
      this.database
        .sql("insert or ignore into event_resource values (?, ?, ?, ?, ?)")
        .run(scope, name, type, event.time, inserted.lastInsertRowid);
  }

  private batch(id: number, known: Map<number, string[]>): string[] {
    let records = known.get(id);
    if (!records) {
      const row = this.database.sql("select records from batch where id = ?").get(id);
      records = JSON.parse(zstdDecompressSync(row!["records"] as Uint8Array).toString()) as string[];
      known.set(id, records);
    }
    return records;
  }
}

/** Where the events of a filter are found in the order of their times; left to itself, SQLite goes through all events. */
const PLACES: Readonly<Record<keyof EventFilter, string>> = {
  eventId: "event indexed by event_by_id where scope = ? and event_id = ?",
  name: "event indexed by event_by_name where scope = ? and name = ?",
  userName: "event indexed by event_by_user where scope = ? and user_name = ?",
  source: "event indexed by event_by_time where scope = ? and source = ?",
  accessKeyId: "event indexed by event_by_key where scope = ? and access_key_id = ?",
  readOnly: "event indexed by event_by_time where scope = ? and read_only = ?",
  resourceName: "event_resource where scope = ? and name = ?",
  resourceType: "event_resource indexed by event_resource_by_type where scope = ? and type = ?",
};

function placesOf(filter: EventFilter): { from: string; value: SQLInputValue[] } {
  const [key, value] = Object.entries(filter)[0] ?? [];
  if (key === undefined || value === undefined)
    return { from: "event indexed by event_by_time where scope = ?", value: [] };
  return { from: PLACES[key as keyof EventFilter], value: [typeof value === "boolean" ? Number(value) : value] };
}
