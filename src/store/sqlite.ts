import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { SqliteDialect } from "kysely";
import { errnoOf } from "../base/errors.ts";

/**
 * Opens an SQLite file that only its owner may read: SQLite gives the files beside it (`-wal`, `-shm`) its mode.
 * @param path a file, which is made when it is not there, or `:memory:`
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ":memory:") {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) makePrivate(file);
    // Only when it is not there: to close a file ends the locks that this process has on it.
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  }
  return new DatabaseSync(path, { timeout: 5000 });
}

/** Also files that were made when others could read them. */
function makePrivate(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  }
}

const bind = (parameters: readonly unknown[]) => parameters as SQLInputValue[];

/**
 * Kysely's SQLite dialect on `node:sqlite`. `synchronous=FULL`: what was acknowledged survives a power cut.
 * @param path a file, or `:memory:`
 */
export function sqliteDialect(path: string): SqliteDialect {
  const database = openDatabase(path);
  database.exec("pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma temp_store=memory");
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(text: string) {
        const statement = database.prepare(text);
        return {
          reader: statement.columns().length > 0,
          all: (parameters: readonly unknown[]) => statement.all(...bind(parameters)),
          run: (parameters: readonly unknown[]) => statement.run(...bind(parameters)),
          iterate: (parameters: readonly unknown[]) =>
            statement.iterate(...bind(parameters)) as IterableIterator<unknown>,
        };
      },
    },
  });
}
