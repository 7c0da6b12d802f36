import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "./sqlite.ts";

export interface OwnDatabaseOptions {
  /** Pragmas and tables; run at every start. */
  schema: string;
  /** Of the tables: a file with others is made anew. Without one a file is always kept. */
  version?: number;
}

/** A SQLite file beside the state, for what is written too often to be part of it. All of it is synchronous. */
export class OwnDatabase {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** @param path a file, whose folder is made, or `:memory:` */
  constructor(path: string, { schema, version }: OwnDatabaseOptions) {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    this.database = version === undefined ? openDatabase(path) : openVersioned(path, version);
    this.database.exec(schema);
    if (version !== undefined) this.database.exec(`pragma user_version = ${version}`);
  }

  close(): void {
    this.database.close();
  }

  /** The statement of a text, prepared once. */
  sql(text: string): StatementSync {
    let statement = this.statements.get(text);
    if (!statement) this.statements.set(text, (statement = this.database.prepare(text)));
    return statement;
  }

  /** Does all of the work or nothing; nothing, too, when it calls {@link rollback}. @throws what the work throws */
  transaction<T>(work: () => T): T {
    this.database.exec("begin immediate");
    try {
      const result = work();
      if (this.database.isTransaction) this.database.exec("commit");
      return result;
    } catch (cause) {
      this.rollback();
      throw cause;
    }
  }

  /** Takes back what the transaction has done so far, and ends it. */
  rollback(): void {
    if (this.database.isTransaction) this.database.exec("rollback");
  }
}

function openVersioned(path: string, version: number): DatabaseSync {
  const database = openDatabase(path);
  const found = database.prepare("pragma user_version").get()!["user_version"];
  if (found === version || path === ":memory:") return database;
  database.close();
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
  return openDatabase(path);
}
