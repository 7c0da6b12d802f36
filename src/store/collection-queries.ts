import { sql, type CompiledQuery, type Kysely } from "kysely";
import type { Tables } from "./store.ts";

/** The queries about one document, with their parameters in the order that is told. */
export interface Queries {
  /** scope, id */
  find: CompiledQuery;
  /** scope, id, doc, queried columns */
  insert: CompiledQuery;
  /** scope, id, doc, queried columns */
  put: CompiledQuery;
  /** doc, queried columns, scope, id, the version that is changed */
  update: CompiledQuery;
  /** scope, id */
  delete: CompiledQuery;
}

/** Compiles what is asked again and again once: to build a query takes longer than to run it. */
export function compileQueries(db: Kysely<Tables>, table: string, columns: readonly string[]): Queries {
  // Only the places of the parameters matter, not their values.
  const value = "";
  const written = ["doc", ...columns];
  const document = Object.fromEntries(written.map((column) => [column, value]));
  const version = sql<number>`${sql.ref(`${table}.version`)} + 1`;
  const insert = db.insertInto(table).values({ scope: value, id: value, ...document, version: sql<number>`1` });
  return {
    find: db.selectFrom(table).select(["doc", "version"]).where("scope", "=", value).where("id", "=", value).compile(),
    insert: insert.onConflict((conflict) => conflict.doNothing()).compile(),
    put: insert
      .onConflict((conflict) =>
        conflict.columns(["scope", "id"]).doUpdateSet({
          ...Object.fromEntries(written.map((column) => [column, sql<string>`${sql.ref(`excluded.${column}`)}`])),
          version,
        }),
      )
      .compile(),
    update: db
      .updateTable(table)
      .set({ ...document, version })
      .where("scope", "=", value)
      .where("id", "=", value)
      .where("version", "=", value)
      .compile(),
    delete: db.deleteFrom(table).where("scope", "=", value).where("id", "=", value).compile(),
  };
}
