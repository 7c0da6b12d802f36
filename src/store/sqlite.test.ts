import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "./sqlite.ts";

test("a database and the files beside it are only its owner's", () => {
  const folder = mkdtempSync(join(tmpdir(), "neargate-sqlite-"));
  const modes = () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  const wanted = ["x.db", "x.db-shm", "x.db-wal"].map((name) => [name, 0o600]);
  const first = openDatabase(join(folder, "x.db"));
  first.exec("pragma journal_mode=wal; create table t (a)");
  expect(modes().toSorted()).toEqual(wanted);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  const second = openDatabase(join(folder, "x.db"));
  expect(modes().toSorted()).toEqual(wanted);
  second.close();
  first.close();
  rmSync(folder, { recursive: true });
});
