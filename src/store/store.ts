import { AsyncLocalStorage } from "node:async_hooks";
import { Kysely, sql, type Dialect, type Transaction } from "kysely";
import type { Logger } from "../base/log.ts";
import { Collection, type CollectionSpec } from "./collection.ts";

/** Raised when the layout of the tables is changed in a way an older program cannot read. */
const SCHEMA_VERSION = 1;

/** Tables are made from collection specifications at run time, so their names are not known to the compiler. */
export type Tables = Record<string, Record<string, string | number | null>>;

/** A committed change of one document. */
export interface Change {
  collection: string;
  scope: string;
  id: string;
  kind: "put" | "delete";
  /** The queried values of a document that was put: enough for most listeners to know whom it concerns. */
  values: Readonly<Record<string, string | number | null>>;
}

interface OpenTransaction {
  handle: Transaction<Tables>;
  changes: Change[];
  /** Savepoints set so far, for their names. */
  savepoints: number;
}

/**
 * All of the control plane's state: documents in collections, one table each. Every write is durable when its promise
 * resolves. Work inside {@link transaction} is atomic; collections join it without being told.
 */
export class Store {
  private readonly root: Kysely<Tables>;
  private readonly log: Logger;
  private readonly current = new AsyncLocalStorage<OpenTransaction | undefined>();
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly collections: Collection<unknown, string>[] = [];

  constructor(dialect: Dialect, log: Logger) {
    this.root = new Kysely<Tables>({ dialect });
    this.log = log;
  }

  /** Declares a collection. All are declared before {@link open}. */
  collection<T, K extends string>(spec: CollectionSpec<T, K>): Collection<T, K> {
    const collection = new Collection<T, K>(this, spec);
    this.collections.push(collection as unknown as Collection<unknown, string>);
    return collection;
  }

  /**
   * Makes or extends the tables.
   * @throws Error when the data was written by a newer Neargate.
   */
  async open(): Promise<void> {
    await sql`create table if not exists neargate_meta (key text primary key, value text not null)`.execute(this.root);
    const found = await sql<{ value: string }>`select value from neargate_meta where key = 'schema'`.execute(this.root);
    const version = Number(found.rows[0]?.value ?? SCHEMA_VERSION);
    if (version > SCHEMA_VERSION)
      throw new Error(
        `the data folder was written by a newer Neargate (schema ${version}, this one reads ${SCHEMA_VERSION})`,
      );
    await sql`insert into neargate_meta values ('schema', ${String(SCHEMA_VERSION)}) on conflict do nothing`.execute(
      this.root,
    );
    for (const collection of this.collections) await collection.createTable(this.root);
  }

  async close(): Promise<void> {
    await this.root.destroy();
  }

  /** The handle to query with: the open transaction of this call chain, or the database. */
  get db(): Kysely<Tables> {
    return this.current.getStore()?.handle ?? this.root;
  }

  /**
   * Runs `work` atomically. A nested call is a part of the outer transaction that is taken back alone when it throws;
   * nested calls follow one another, never side by side. Keep it short: nothing slow inside.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.current.getStore();
    if (outer) return await this.nested(outer, work);
    const changes: Change[] = [];
    const result = await this.root
      .transaction()
      .execute((handle) => this.current.run({ handle, changes, savepoints: 0 }, work));
    for (const change of changes) this.emit(change);
    return result;
  }

  private async nested<T>(outer: OpenTransaction, work: () => Promise<T>): Promise<T> {
    const name = sql.id(`nested_${outer.savepoints++}`);
    const before = outer.changes.length;
    await sql`savepoint ${name}`.execute(outer.handle);
    try {
      const result = await work();
      await sql`release savepoint ${name}`.execute(outer.handle);
      return result;
    } catch (cause) {
      await sql`rollback to savepoint ${name}`.execute(outer.handle);
      await sql`release savepoint ${name}`.execute(outer.handle);
      outer.changes.length = before;
      throw cause;
    }
  }

  /** Calls `listener` after every committed change. Returns how to stop that. */
  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Called by collections after a write; told to listeners once it is committed. */
  changed(change: Change): void {
    const open = this.current.getStore();
    if (open) open.changes.push(change);
    else this.emit(change);
  }

  /** Forgets every document. */
  async clear(): Promise<void> {
    await this.transaction(async () => {
      for (const collection of this.collections) await collection.clear();
    });
  }

  private emit(change: Change): void {
    // Outside of the caller's transaction context: what a listener starts must not join a transaction that has ended.
    this.current.run(undefined, () => {
      for (const listener of this.listeners) {
        try {
          listener(change);
        } catch (err) {
          this.log.error({ err, change }, "a change listener failed");
        }
      }
    });
  }
}
