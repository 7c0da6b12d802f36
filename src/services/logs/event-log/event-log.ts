import type { StatementSync } from "node:sqlite";
import { failpoint } from "../../../base/failpoint.ts";
import { OwnDatabase } from "../../../store/own-database.ts";
import { encodeBlock, splitIntoBlocks, type EncodedBlock, type LogEvent } from "./block.ts";
import { SCHEMA } from "./schema.ts";

/** How far a source of events has been read. */
export interface Checkpoint {
  source: string;
  offset: number;
}

/** The stream to append to. It may be gone by then. */
export interface StreamRef {
  groupId: number;
  streamId: number;
}

/** What is known of a stream. Times are milliseconds since 1970; they are undefined before the first event. */
export interface StreamInfo {
  name: string;
  creationTime: number;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;
  lastBlock: number | undefined;
}

/** How many blocks one step of a deletion takes away: a few milliseconds. */
const DELETE_STEP = 100;
const PAGES_FREED_PER_STEP = 500;

/**
 * Streams, their events, and how far their sources were read: one SQLite file of its own, because it is written far more
 * often than the rest of the state and in other amounts.
 *
 * Events are stored in compressed blocks, not one by one: a row for each would cost twenty times as much for a container
 * that writes fast. Everything here is synchronous and takes at most some milliseconds.
 *
 * `synchronous=normal`: what is committed is in the write-ahead log, in the kernel's hands, when a call returns, so it
 * survives the death of the process at any moment. A power cut may take the last moments with it, never a part of a
 * transaction; checkpoints are in the same transaction, so the shipper then reads the same lines again.
 */
export class EventLog {
  private readonly database: OwnDatabase;

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.database = new OwnDatabase(path, { schema: SCHEMA });
  }

  close(): void {
    this.database.close();
  }

  /** Makes the stream unless it is there. Returns whether it was made now. */
  createStream(groupUid: string, name: string, now: number): boolean {
    return this.database.transaction(() => {
      this.database.sql("insert into log_group (uid) values (?) on conflict do nothing").run(groupUid);
      const made = this.database
        .sql(
          `insert into log_stream (log_group, name, created) values ((select id from log_group where uid = ?), ?, ?)
         on conflict do nothing`,
        )
        .run(groupUid, name, now);
      return made.changes === 1;
    });
  }

  /** The group's number here; `undefined` before its first stream. */
  findGroup(groupUid: string): number | undefined {
    return this.database.sql("select id from log_group where uid = ?").get(groupUid)?.["id"] as number | undefined;
  }

  findStream(groupUid: string, name: string): StreamRef | undefined {
    const row = this.database
      .sql(
        `select s.id, s.log_group from log_stream s join log_group g on g.id = s.log_group
       where g.uid = ? and s.name = ?`,
      )
      .get(groupUid, name);
    return row && { groupId: row["log_group"] as number, streamId: row["id"] as number };
  }

  /** Up to `limit` streams whose names start with `prefix` and that may have events since `since`. */
  findStreams(groupUid: string, prefix: string, since: number, limit: number): StreamRef[] {
    return this.database
      .sql(
        `select s.id, s.log_group from log_stream s join log_group g on g.id = s.log_group
       where g.uid = ? and s.name >= ? and s.name < ? || char(0x10ffff) and s.last_event >= ? limit ?`,
      )
      .all(groupUid, prefix, prefix, since, limit)
      .map((row) => ({ groupId: row["log_group"] as number, streamId: row["id"] as number }));
  }

  /** Bytes stored in a group, as AWS counts them. */
  storedBytes(groupUid: string): number {
    return (
      (this.database.sql("select bytes from log_group where uid = ?").get(groupUid)?.["bytes"] as number | undefined) ??
      0
    );
  }

  /** Streams in the order of their names, those that start with `prefix`, behind the name `after`. */
  streamsByName(
    groupUid: string,
    options: { prefix: string; descending: boolean; after: string | undefined; limit: number },
  ): StreamInfo[] {
    const [beyond, order] = options.descending ? ["<", "desc"] : [">", "asc"];
    return this.database
      .sql(
        `select * from stream_info where uid = ? and name >= ? and name < ? || char(0x10ffff)
       and (? is null or name ${beyond} ?) order by name ${order} limit ?`,
      )
      .all(groupUid, options.prefix, options.prefix, options.after ?? null, options.after ?? null, options.limit)
      .map(streamInfo);
  }

  /** Streams in the order of their last events; streams without any count as the oldest. */
  streamsByLastEvent(
    groupUid: string,
    options: { descending: boolean; after: { time: number; name: string } | undefined; limit: number },
  ): StreamInfo[] {
    const [beyond, order] = options.descending ? ["<", "desc"] : [">", "asc"];
    const { time, name } = options.after ?? { time: options.descending ? Number.MAX_SAFE_INTEGER : -1, name: "" };
    return this.database
      .sql(
        `select * from stream_info where uid = ? and (last_event, name) ${beyond} (?, ?)
       order by last_event ${order}, name ${order} limit ?`,
      )
      .all(groupUid, time, name, options.limit)
      .map(streamInfo);
  }

  /**
   * Stores events, which must be in chronological order, and how far their source was read, atomically.
   * @returns the number of the last block; `undefined`, and nothing is stored, when the stream is gone.
   */
  append(
    stream: StreamRef,
    events: readonly LogEvent[],
    ingestionTime: number,
    checkpoint?: Checkpoint,
  ): number | undefined {
    const blocks = [...splitIntoBlocks(events)].map(encodeBlock); // compressing needs no lock
    return this.database.transaction(() => {
      let last = 0;
      let bytes = 0;
      for (const block of blocks) {
        last = this.insertBlock(stream, block, ingestionTime);
        bytes += block.storedBytes;
      }
      const lastEvent = Math.max(...blocks.map((block) => block.lastTimestamp));
      const updated = this.database
        .sql("update log_stream set last_event = max(last_event, ?), last_ingestion = ?, last_block = ? where id = ?")
        .run(lastEvent, ingestionTime, last, stream.streamId);
      if (updated.changes === 0) {
        this.database.rollback();
        return undefined;
      }
      this.database.sql("update log_group set bytes = bytes + ? where id = ?").run(bytes, stream.groupId);
      if (checkpoint) this.writeCheckpoint(checkpoint);
      failpoint("event-log.append.before-commit");
      return last;
    });
  }

  /** How far the source was read; 0 when nothing is known of it. */
  checkpoint(source: string): number {
    const row = this.database.sql("select position from checkpoint where source = ?").get(source);
    return (row?.["position"] as number | undefined) ?? 0;
  }

  writeCheckpoint(checkpoint: Checkpoint): void {
    this.database
      .sql("insert into checkpoint values (?, ?) on conflict (source) do update set position = excluded.position")
      .run(checkpoint.source, checkpoint.offset);
  }

  dropCheckpoint(source: string): void {
    this.database.sql("delete from checkpoint where source = ?").run(source);
  }

  /** Makes the stream unknown at once; its events go with {@link deleteStep}. Returns whether there was one. */
  deleteStream(groupUid: string, name: string): boolean {
    const stream = this.findStream(groupUid, name);
    if (!stream) return false;
    this.database.transaction(() => {
      this.database.sql("insert into doomed_stream values (?, ?)").run(stream.streamId, stream.groupId);
      this.database.sql("delete from log_stream where id = ?").run(stream.streamId);
    });
    return true;
  }

  /** The groups of which something is stored. */
  groupUids(): string[] {
    return this.database
      .sql("select uid from log_group")
      .all()
      .map((row) => row["uid"] as string);
  }

  /** One step of deleting a group that nobody can name any more. Returns whether there is more to do. */
  deleteGroupStep(groupUid: string): boolean {
    const group = this.findGroup(groupUid);
    if (group === undefined) return false;
    return this.database.transaction(() => {
      const streams = this.database.sql("select id from log_stream where log_group = ? limit 500").all(group);
      for (const { id } of streams) {
        this.database.sql("insert into doomed_stream values (?, ?)").run(id!, group);
        this.database.sql("delete from log_stream where id = ?").run(id!);
      }
      if (streams.length) return true;
      this.database.sql("delete from log_group where id = ?").run(group);
      return false;
    });
  }

  /** One step of deleting the events of deleted streams. Returns whether there is more to do. */
  deleteStep(): boolean {
    const doomed = this.database.sql("select id, log_group from doomed_stream limit 1").get();
    if (!doomed) return false;
    this.database.transaction(() => {
      const deleted = this.deleteBlocks(
        doomed["log_group"] as number,
        "select id from block where stream = ? limit ?",
        [doomed["id"] as number, DELETE_STEP],
      );
      if (!deleted) this.database.sql("delete from doomed_stream where id = ?").run(doomed["id"]!);
    });
    return true;
  }

  /** One step of deleting a group's events from before `time`. Returns whether there is more to do. */
  expireStep(groupUid: string, time: number): boolean {
    const group = this.findGroup(groupUid);
    if (group === undefined) return false;
    return this.database.transaction(() => {
      const ids = "select id from block where log_group = ? and first < ? and last < ? order by first limit ?";
      return this.deleteBlocks(group, ids, [group, time, time, DELETE_STEP]) > 0;
    });
  }

  /** A prepared statement, kept for the next time: for this module and its readers. */
  sql(text: string): StatementSync {
    return this.database.sql(text);
  }

  private insertBlock(stream: StreamRef, block: EncodedBlock, ingestionTime: number): number {
    const inserted = this.database
      .sql(
        `insert into block (log_group, stream, first, last, count, bytes, ingested, body) values (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        stream.groupId,
        stream.streamId,
        block.firstTimestamp,
        block.lastTimestamp,
        block.count,
        block.storedBytes,
        ingestionTime,
        block.body,
      );
    return Number(inserted.lastInsertRowid);
  }

  private deleteBlocks(group: number, ids: string, parameters: number[]): number {
    const deleted = this.database.sql(`delete from block where id in (${ids}) returning bytes`).all(...parameters);
    const bytes = deleted.reduce((sum, row) => sum + (row["bytes"] as number), 0);
    this.database.sql("update log_group set bytes = bytes - ? where id = ?").run(bytes, group);
    if (deleted.length) this.database.sql(`pragma incremental_vacuum(${PAGES_FREED_PER_STEP})`).all();
    return deleted.length;
  }
}

function streamInfo(row: Record<string, unknown>): StreamInfo {
  return {
    name: row["name"] as string,
    creationTime: row["created"] as number,
    firstEventTimestamp: known(row["first_event"]),
    lastEventTimestamp: known(row["last_event"]),
    lastIngestionTime: known(row["last_ingestion"]),
    lastBlock: known(row["last_block"]),
  };
}

function known(value: unknown): number | undefined {
  return value === null || value === -1 ? undefined : (value as number);
}
