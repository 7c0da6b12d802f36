import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { SqliteDialect } from "kysely";

const bind = (parameters: readonly unknown[]) => parameters as SQLInputValue[];

/**
 * Kysely's SQLite dialect on `node:sqlite`. `synchronous=FULL`: what was acknowledged survives a power cut.
 * @param path a file, or `:memory:`
 */
export function sqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: 5000 });
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
