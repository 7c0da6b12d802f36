import { AsyncLocalStorage } from "node:async_hooks";
import { CompiledQuery, Kysely, sql, type Dialect, type Transaction } from "kysely";
import type { Logger } from "../base/log.ts";
import { Collection, type CollectionSpec } from "./collection.ts";
import { WriteQueue } from "./write-queue.ts";

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

/** A table that holds something else than documents; it is made and emptied with the others. */
export interface StoreTable {
  createTable(db: Kysely<Tables>): Promise<void>;
  clear(): Promise<void>;
}

/** A transaction in the queue. Nothing it throws gets out; what came of it is told when all of the batch is durable. */
interface WaitingTransaction {
  attempt(handle: Transaction<Tables>): Promise<void>;
  settle(): void;
  fail(cause: unknown): void;
}

/** How long transactions are taken into one commit, milliseconds: about what a flush to the disk takes, several times. */
const TOGETHER_MS = 10;

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
  private readonly isBackground = new AsyncLocalStorage<boolean>();
  private readonly writes = new WriteQueue<WaitingTransaction>({
    batchMs: TOGETHER_MS,
    runBatch: (next) => this.commitTogether(next),
  });
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly tables: StoreTable[] = [];

  constructor(dialect: Dialect, log: Logger) {
    this.root = new Kysely<Tables>({ dialect });
    this.log = log;
  }

  /** Declares a collection. All are declared before {@link open}. */
  collection<T, K extends string>(spec: CollectionSpec<T, K>): Collection<T, K> {
    const collection = new Collection<T, K>(this, spec);
    this.tables.push(collection);
    return collection;
  }

  /** Declares a table of another kind, before {@link open}. */
  table(table: StoreTable): void {
    this.tables.push(table);
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
    for (const table of this.tables) await table.createTable(this.root);
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
   * nested calls follow one another, never side by side. Keep it short: nothing slow inside. Transactions that wait for
   * one another are committed together: each is whole by itself, and the promise resolves when it is durable.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.current.getStore();
    if (outer) return await this.nested(outer, work);
    const inContext = AsyncLocalStorage.snapshot();
    return await new Promise<T>((resolve, reject) => {
      const open = (handle: Transaction<Tables>): OpenTransaction => ({ handle, changes: [], savepoints: 0 });
      let settle = () => {};
      this.writes.push(
        {
          fail: reject,
          settle: () => settle(),
          attempt: async (handle) => {
            const own = open(handle);
            try {
              const result = await inContext(() => this.nested(own, () => this.current.run(own, work)));
              settle = () => {
                for (const change of own.changes) this.emit(change);
                resolve(result);
              };
            } catch (cause) {
              settle = () => reject(cause as Error);
            }
          },
        },
        this.isBackground.getStore() ?? false,
      );
    });
  }

  /** Does one thing by itself: atomic as a {@link transaction}, but inside of one simply a part of it. */
  async single<T>(work: () => Promise<T>): Promise<T> {
    return await (this.current.getStore() ? work() : this.transaction(work));
  }

  /** Runs work that nobody waits for: what it writes, also later, lets the transactions of others go first. */
  background<T>(work: () => T): T {
    return this.isBackground.run(true, work);
  }

  /** One transaction of the database for all that is there to write. */
  private async commitTogether(next: () => WaitingTransaction | undefined): Promise<void> {
    const first = next();
    const together = first ? [first] : [];
    try {
      await this.root.transaction().execute(async (handle) => {
        for (let each = first; each; each = next()) {
          if (each !== first) together.push(each);
          await each.attempt(handle);
        }
      });
    } catch (cause) {
      for (const each of together) each.fail(cause);
      return;
    }
    for (const each of together) each.settle();
  }

  private async nested<T>(outer: OpenTransaction, work: () => Promise<T>): Promise<T> {
    const name = `nested_${outer.savepoints++}`;
    const before = outer.changes.length;
    const say = (command: string) => outer.handle.executeQuery(CompiledQuery.raw(`${command} ${name}`));
    await say("savepoint");
    try {
      const result = await work();
      await say("release");
      return result;
    } catch (cause) {
      await say("rollback to");
      await say("release");
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
      for (const table of this.tables) await table.clear();
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
