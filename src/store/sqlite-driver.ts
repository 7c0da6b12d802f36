import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from "kysely";
import { messageOf } from "../base/errors.ts";
import { Turns } from "./turns.ts";

/** Statements are prepared once; those of lists with many lengths would be too many. */
const KEPT_STATEMENTS = 500;

/** One open database with its prepared statements. */
class Prepared {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, { statement: StatementSync; answersRows: boolean }>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  get inTransaction(): boolean {
    return this.database.isTransaction;
  }

  execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { statement, answersRows } = this.prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (answersRows) return { rows: statement.all(...values) as R[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  close(): void {
    this.database.close();
  }

  private prepare(text: string) {
    const known = this.statements.get(text);
    if (known) return known;
    const statement = this.database.prepare(text);
    const made = { statement, answersRows: statement.columns().length > 0 };
    this.statements.set(text, made);
    const [oldest] = this.statements.keys();
    if (this.statements.size > KEPT_STATEMENTS) this.statements.delete(oldest!);
    return made;
  }
}

export interface SqliteDatabases {
  /** For everything that is written, and what a transaction reads. */
  writer: DatabaseSync;
  /** The same file, for what is read outside of transactions; absent when only one connection can have the data. */
  reader?: DatabaseSync;
}

/**
 * Kysely's driver on `node:sqlite`. One connection writes, a statement or a transaction at a time, in the order of asking.
 * What is read outside of transactions goes by another, which sees what is committed and waits for nobody.
 */
export class SqliteDriver implements Driver {
  private readonly writer: Prepared;
  private readonly reader: Prepared | undefined;
  private readonly turns = new Turns();

  constructor({ writer, reader }: SqliteDatabases) {
    this.writer = new Prepared(writer);
    this.reader = reader && new Prepared(reader);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    return new Connection(this.writer, this.reader, this.turns);
  }

  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    // After an error of the disk SQLite has done it by itself.
    if (this.writer.inTransaction) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    this.reader?.close();
    this.writer.close();
  }
}

/** What one query, or one transaction, works with. */
class Connection implements DatabaseConnection {
  private readonly writer: Prepared;
  private readonly reader: Prepared | undefined;
  private readonly turns: Turns;
  /** Gives the turn back that a transaction has. */
  private endTurn: (() => void) | undefined;
  /** Why there is no transaction any more: after an error of the disk SQLite takes it back by itself. */
  private loss: unknown;

  constructor(writer: Prepared, reader: Prepared | undefined, turns: Turns) {
    this.writer = writer;
    this.reader = reader;
    this.turns = turns;
  }

  async begin(): Promise<void> {
    this.endTurn = await this.turns.take();
    this.writer.execute(CompiledQuery.raw("begin"));
  }

  release(): void {
    this.endTurn?.();
    this.endTurn = undefined;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.endTurn) return this.executeInTransaction(query);
    if (this.reader && query.sql.startsWith("select ")) return this.reader.execute(query);
    const endTurn = await this.turns.take();
    try {
      return this.writer.execute(query);
    } finally {
      endTurn();
    }
  }

  /** @throws Error when there is no transaction any more: what follows would be done by itself */
  private executeInTransaction<R>(query: CompiledQuery): QueryResult<R> {
    if (!this.writer.inTransaction)
      throw new Error(`the database took the transaction back: ${messageOf(this.loss)}`, { cause: this.loss });
    try {
      return this.writer.execute(query);
    } catch (cause) {
      if (!this.writer.inTransaction) this.loss = cause;
      throw cause;
    }
  }

  // oxlint-disable-next-line require-yield -- there is nothing that would be read in pieces
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error("queries are not streamed");
  }
}
