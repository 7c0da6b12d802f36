import { sql, type CompiledQuery, type Kysely, type QueryResult, type SelectQueryBuilder } from "kysely";
import { compileQueries, type Queries } from "./collection-queries.ts";
import { decode, encode } from "./document-text.ts";
import type { Change, Store, Tables } from "./store.ts";

export type ColumnValue = string | number | null;

/** What a collection holds and which of its values are queried. */
export interface CollectionSpec<T, K extends string> {
  /** The table, `service_kind`, such as `ecs_task`. */
  name: string;
  /** Queried values; each gets a column. */
  columns: Record<K, "text" | "integer">;
  /**
   * Columns that are queried together, in the order of an index; the first is `scope` unless all scopes are asked at
   * once. Without it each column gets an index of its own, within its scope.
   */
  indexes?: readonly (readonly (K | "scope")[])[];
  /** The column values of a document. */
  values(document: T): Record<K, ColumnValue>;
}

/** One stored document with where it is kept. */
export interface Stored<T> {
  scope: string;
  id: string;
  document: T;
}

export interface ListOptions<K extends string> {
  /** Equality, or membership for an array. */
  where?: Partial<Record<K, ColumnValue | readonly ColumnValue[]>>;
  /** At least, or at most, so much. */
  from?: Partial<Record<K, number>>;
  to?: Partial<Record<K, number>>;
  /** Continue behind this id. */
  after?: string;
  limit?: number;
}

/** A combination of values and how many documents have it. */
export type Counted<C extends string> = Record<C, ColumnValue> & { count: number };

/** An insert met an id that is taken. */
export class DuplicateError extends Error {
  constructor(collection: string, id: string) {
    super(`${collection} has ${id} already`);
    this.name = "DuplicateError";
  }
}

/**
 * Documents of one kind, by scope and id, with a few queried columns and a version for compare-and-set. Reading gives
 * copies: changing one changes nothing.
 */
export class Collection<T, K extends string> {
  readonly name: string;
  private readonly store: Store;
  private readonly spec: CollectionSpec<T, K>;
  private queries: Queries | undefined;

  constructor(store: Store, spec: CollectionSpec<T, K>) {
    this.store = store;
    this.spec = spec;
    this.name = spec.name;
  }

  async get(scope: string, id: string): Promise<T | undefined> {
    const row = await this.find(scope, id);
    return row && decode<T>(row.doc);
  }

  /** @throws DuplicateError when the id is taken. */
  insert(scope: string, id: string, document: T): Promise<void> {
    return this.store.single(async () => {
      const { numAffectedRows } = await this.run("insert", [scope, id, encode(document), ...this.queried(document)]);
      if (numAffectedRows !== 1n) throw new DuplicateError(this.name, id);
      this.changed("put", scope, id, document);
    });
  }

  /** Writes the document whether or not there was one. */
  put(scope: string, id: string, document: T): Promise<void> {
    return this.store.single(async () => {
      await this.run("put", [scope, id, encode(document), ...this.queried(document)]);
      this.changed("put", scope, id, document);
    });
  }

  /**
   * Reads, changes and writes one document; nobody else writes in between. `change` returns the new document, or
   * `undefined` to leave it as it is.
   * @returns the document as it now is, or `undefined` when there is none.
   */
  update(scope: string, id: string, change: (document: T) => T | undefined): Promise<T | undefined> {
    return this.store.single(async () => {
      for (;;) {
        const row = await this.find(scope, id);
        if (!row) return undefined;
        const next = change(decode<T>(row.doc));
        if (next === undefined) return decode<T>(row.doc);
        const doc = encode(next);
        const { numAffectedRows } = await this.run("update", [doc, ...this.queried(next), scope, id, row.version]);
        // Work of this transaction that goes on side by side may have been quicker.
        if (numAffectedRows !== 1n) continue;
        this.changed("put", scope, id, next);
        return decode<T>(doc);
      }
    });
  }

  /** Returns whether there was one. */
  delete(scope: string, id: string): Promise<boolean> {
    return this.store.single(async () => {
      const { numAffectedRows } = await this.run("delete", [scope, id]);
      if (numAffectedRows === 0n) return false;
      this.changed("delete", scope, id);
      return true;
    });
  }

  /** Deletes of every scope what matches; nobody is told of these changes. */
  async deleteAll(options: Pick<ListOptions<K>, "where" | "from" | "to">): Promise<void> {
    const doomed = this.ranged(options).select(["scope", "id"]);
    // Found by an index of the values where there is one, and by the primary key then.
    await this.store.db
      .deleteFrom(this.name)
      .where(sql<boolean>`(scope, id) in (${doomed})`)
      .execute();
  }

  /** The documents of a scope, by id. */
  async list(scope: string, options: ListOptions<K> = {}): Promise<T[]> {
    const rows = await this.select(options).where("scope", "=", scope).execute();
    return rows.map((row) => decode<T>(row["doc"] as string));
  }

  /** The documents of every scope, by scope and id: for controllers. `after` is not applied. */
  async listAll(options: Omit<ListOptions<K>, "after"> = {}): Promise<Stored<T>[]> {
    const rows = await this.select(options).execute();
    return rows.map((row) => ({
      scope: row["scope"] as string,
      id: row["id"] as string,
      document: decode<T>(row["doc"] as string),
    }));
  }

  async count(scope: string, where: ListOptions<K>["where"] = {}): Promise<number> {
    const rows = await this.filtered(where)
      .where("scope", "=", scope)
      .select(sql<number>`count(*)`.as("n"))
      .execute();
    return Number(rows[0]?.["n"] ?? 0);
  }

  /** Whether a scope has such a document; does not count them. */
  async has(scope: string, where: ListOptions<K>["where"]): Promise<boolean> {
    const rows = await this.filtered(where).where("scope", "=", scope).select("id").limit(1).execute();
    return rows.length > 0;
  }

  /**
   * The ids of a scope's documents, in order, without reading the documents.
   * @param options `descending`: from the last on; `after` is what they are to be before, then
   */
  async listIds(
    scope: string,
    where: ListOptions<K>["where"],
    { from, to, after, limit, descending }: Omit<ListOptions<K>, "where"> & { descending?: boolean } = {},
  ): Promise<string[]> {
    const all = this.ranged({ where, from, to }).where("scope", "=", scope).select("id");
    let query = all.orderBy("id", descending ? "desc" : "asc");
    if (after !== undefined) query = query.where("id", descending ? "<" : ">", after);
    if (limit !== undefined) query = query.limit(limit);
    return (await query.execute()).map((row) => row["id"] as string);
  }

  /** How many documents of a scope there are for each combination of values of the given columns. */
  countBy<C extends K>(scope: string, where: ListOptions<K>["where"], columns: readonly C[]): Promise<Counted<C>[]> {
    return this.counted(this.filtered(where).where("scope", "=", scope), columns);
  }

  /** As {@link countBy}, over all scopes. */
  countAllBy<C extends K>(where: ListOptions<K>["where"], columns: readonly C[]): Promise<Counted<C>[]> {
    return this.counted(this.filtered(where), columns);
  }

  async clear(): Promise<void> {
    await this.store.db.deleteFrom(this.name).execute();
  }

  /** Makes the table, or adds the columns it lacks and fills them from the documents. */
  async createTable(db: Kysely<Tables>): Promise<void> {
    await db.schema
      .createTable(this.name)
      .ifNotExists()
      .addColumn("scope", "text", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("doc", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint(`${this.name}_pk`, ["scope", "id"])
      .execute();
    const tables = await db.introspection.getTables();
    const present = new Set(tables.find((table) => table.name === this.name)?.columns.map((column) => column.name));
    const missing = (Object.keys(this.spec.columns) as K[]).filter((column) => !present.has(column));
    for (const column of missing)
      await db.schema.alterTable(this.name).addColumn(column, this.spec.columns[column]).execute();
    const singly = (Object.keys(this.spec.columns) as K[]).map((column) => ["scope", column] as const);
    for (const columns of this.spec.indexes ?? singly)
      await db.schema
        .createIndex(`${this.name}_by_${columns.join("_")}`)
        .ifNotExists()
        .on(this.name)
        .columns([...columns, "id"] as string[] as ["scope"])
        .execute();
    if (!missing.length) return;
    for (const row of await db.selectFrom(this.name).select(["scope", "id", "doc"]).execute())
      await db
        .updateTable(this.name)
        .set(this.spec.values(decode<T>(row["doc"] as string)))
        .where("scope", "=", row["scope"]!)
        .where("id", "=", row["id"]!)
        .execute();
  }

  private async find(scope: string, id: string): Promise<{ doc: string; version: number } | undefined> {
    const { rows } = await this.run<{ doc: string; version: number }>("find", [scope, id]);
    return rows[0];
  }

  /** The values of the queried columns, in their order. */
  private queried(document: T): ColumnValue[] {
    const values = this.spec.values(document);
    return (Object.keys(this.spec.columns) as K[]).map((column) => values[column] ?? null);
  }

  private run<Row>(kind: keyof Queries, parameters: readonly ColumnValue[]): Promise<QueryResult<Row>> {
    this.queries ??= compileQueries(this.store.db, this.name, Object.keys(this.spec.columns));
    return this.store.db.executeQuery<Row>({ ...(this.queries[kind] as CompiledQuery<Row>), parameters });
  }

  private async counted<C extends K>(
    query: SelectQueryBuilder<Tables, string, object>,
    columns: readonly C[],
  ): Promise<Counted<C>[]> {
    const rows = await query
      .select([...columns])
      .select(sql<number>`count(*)`.as("count"))
      .groupBy([...columns])
      .execute();
    return rows as Counted<C>[];
  }

  private filtered(where: ListOptions<K>["where"]): SelectQueryBuilder<Tables, string, object> {
    let query: SelectQueryBuilder<Tables, string, object> = this.store.db.selectFrom(this.name);
    for (const [column, value] of Object.entries(where ?? {}) as [
      string,
      ColumnValue | readonly ColumnValue[] | undefined,
    ][]) {
      if (value === undefined) continue;
      if (Array.isArray(value)) query = query.where(column, "in", value as ColumnValue[]);
      else if (value === null) query = query.where(column, "is", null);
      else query = query.where(column, "=", value as string | number);
    }
    return query;
  }

  private ranged({ where, from, to }: Pick<ListOptions<K>, "where" | "from" | "to">) {
    let query = this.filtered(where);
    for (const [column, least] of Object.entries(from ?? {}) as [string, number][])
      query = query.where(column, ">=", least);
    for (const [column, most] of Object.entries(to ?? {}) as [string, number][])
      query = query.where(column, "<=", most);
    return query;
  }

  private select(options: ListOptions<K>) {
    // With several values to choose from no index has this order but the primary key's: SQLite would rather read the whole
    // scope by that than sort. `+` forbids it.
    const chooses = options.limit === undefined && Object.values(options.where ?? {}).some(Array.isArray);
    const key = (column: string) => (chooses ? sql`+${sql.ref(column)}` : sql.ref(column));
    let query = this.ranged(options).select(["scope", "id", "doc"]).orderBy(key("scope")).orderBy(key("id"));
    if (options.after !== undefined) query = query.where("id", ">", options.after);
    if (options.limit !== undefined) query = query.limit(options.limit);
    return query;
  }

  private changed(kind: Change["kind"], scope: string, id: string, document?: T): void {
    const values = document === undefined ? {} : this.spec.values(document);
    this.store.changed({ collection: this.name, scope, id, kind, values });
  }
}
