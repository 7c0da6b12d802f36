import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Dialect } from "kysely";
import { errnoOf } from "../base/errors.ts";
import { SqliteDriver } from "./sqlite-driver.ts";

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

/** Kysely takes connections in turn where there may be but one: the driver does that itself. */
class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * Kysely's SQLite dialect on `node:sqlite`. `synchronous=FULL`: what was acknowledged survives a power cut.
 * @param path a file, or `:memory:`
 */
export function sqliteDialect(path: string): Dialect {
  const writer = openDatabase(path);
  writer.exec("pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma temp_store=memory");
  const reader = path === ":memory:" ? {} : { reader: new DatabaseSync(path, { readOnly: true, timeout: 5000 }) };
  return {
    createDriver: () => new SqliteDriver({ writer, ...reader }),
    createAdapter: () => new Adapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}
