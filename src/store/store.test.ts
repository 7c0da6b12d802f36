import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../base/log.ts";
import { DuplicateError } from "./collection.ts";
import { sqliteDialect } from "./sqlite.ts";
import { Store, type Change } from "./store.ts";

interface Pet {
  name: string;
  kind: string;
  born?: Date;
}
const PETS = { name: "test_pet", columns: { kind: "text" as const }, values: (pet: Pet) => ({ kind: pet.kind }) };

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-store-"));
  store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test("documents keep their dates and are found by column", async () => {
  const pets = store.collection(PETS);
  await store.open();
  await pets.insert("s", "a", { name: "Ada", kind: "cat", born: new Date(5) });
  await pets.insert("s", "b", { name: "Bo", kind: "dog" });
  await pets.insert("t", "c", { name: "Cy", kind: "cat" });
  expect(await pets.get("s", "a")).toEqual({ name: "Ada", kind: "cat", born: new Date(5) });
  expect(await pets.list("s", { where: { kind: "cat" } })).toHaveLength(1);
  expect(await pets.list("s", { where: { kind: ["cat", "dog"] }, after: "a" })).toEqual([{ name: "Bo", kind: "dog" }]);
  expect(await pets.list("s", { where: { kind: [] } })).toEqual([]);
  expect((await pets.listAll({ where: { kind: "cat" } })).map((pet) => pet.scope)).toEqual(["s", "t"]);
  expect(await pets.count("s")).toBe(2);
});

test("a taken id is refused and leaves the first document", async () => {
  const pets = store.collection(PETS);
  await store.open();
  await pets.insert("s", "a", { name: "Ada", kind: "cat" });
  await expect(pets.insert("s", "a", { name: "Eve", kind: "cat" })).rejects.toThrow(DuplicateError);
  expect((await pets.get("s", "a"))?.name).toBe("Ada");
});

test("of transactions that share a commit none is done when the disk is full, whatever comes behind it", async () => {
  const pets = store.collection(PETS);
  await store.open();
  const pages = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  await sql.raw(`pragma max_page_count = ${pages.rows[0]!.page_count + 3}`).execute(store.db);
  const told: string[] = [];
  store.onChange(({ id }) => told.push(id));
  const name = (id: number) => (id === 5 ? "x".repeat(100_000) : "");
  const done = await Promise.allSettled(
    Array.from({ length: 20 }, (_, id) => pets.put("s", String(id), { name: name(id), kind: "cat" })),
  );
  const stored = done.flatMap(({ status }, id) => (status === "fulfilled" ? [String(id)] : []));
  expect(done[5]).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("is full") } });
  expect(await pets.listIds("s", {})).toEqual(stored.toSorted());
  expect(told).toEqual(stored);
  await pets.put("s", "later", { name: "", kind: "dog" });
});

test("concurrent updates do not lose one another", async () => {
  const pets = store.collection(PETS);
  await store.open();
  await pets.insert("s", "a", { name: "", kind: "cat" });
  await Promise.all(
    Array.from({ length: 20 }, () => pets.update("s", "a", (pet) => ({ ...pet, name: `${pet.name}x` }))),
  );
  expect((await pets.get("s", "a"))?.name).toHaveLength(20);
});

test("a failed transaction leaves nothing and tells nobody", async () => {
  const pets = store.collection(PETS);
  await store.open();
  const changes: Change[] = [];
  store.onChange((change) => changes.push(change));
  await expect(
    store.transaction(async () => {
      await pets.insert("s", "a", { name: "Ada", kind: "cat" });
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(await pets.get("s", "a")).toBeUndefined();
  expect(changes).toEqual([]);
  await store.transaction(() => pets.insert("s", "a", { name: "Ada", kind: "cat" }));
  expect(changes).toEqual([{ collection: "test_pet", scope: "s", id: "a", kind: "put", values: { kind: "cat" } }]);
});

test("a nested transaction that fails is taken back alone", async () => {
  const pets = store.collection(PETS);
  await store.open();
  const changes: Change[] = [];
  store.onChange((change) => changes.push(change));
  await store.transaction(async () => {
    await pets.insert("s", "a", { name: "Ada", kind: "cat" });
    const failing = store.transaction(async () => {
      await pets.insert("s", "b", { name: "Bo", kind: "dog" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await store.transaction(() => pets.insert("s", "c", { name: "Cy", kind: "cat" }));
  });
  expect(await pets.listIds("s", {})).toEqual(["a", "c"]);
  expect(changes.map((change) => change.id)).toEqual(["a", "c"]);
});

test("a column added later is filled from the documents", async () => {
  const pets = store.collection(PETS);
  await store.open();
  await pets.insert("s", "a", { name: "Ada", kind: "cat" });
  await store.close();
  store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
  const wider = store.collection({
    name: "test_pet",
    columns: { kind: "text", name: "text" },
    values: (pet: Pet) => ({ kind: pet.kind, name: pet.name }),
  });
  await store.open();
  expect(await wider.list("s", { where: { name: "Ada" } })).toHaveLength(1);
});

test("an object that only looks like a date stays what it is", async () => {
  const pets = store.collection<{ kind: string; labels: Record<string, string> }, "kind">({
    name: "test_label",
    columns: { kind: "text" },
    values: (pet) => ({ kind: pet.kind }),
  });
  await store.open();
  await pets.insert("s", "a", { kind: "cat", labels: { $date: "5", other: "kept" } });
  expect((await pets.get("s", "a"))?.labels).toEqual({ $date: "5", other: "kept" });
});

test("documents are listed and deleted by range, also over all scopes", async () => {
  const pets = store.collection<{ kind: string; born: number | null }, "kind" | "born">({
    name: "test_born",
    columns: { kind: "text", born: "integer" },
    indexes: [["kind", "born"]],
    values: (pet) => ({ kind: pet.kind, born: pet.born }),
  });
  await store.open();
  for (const [scope, id, born] of [
    ["s", "a", 1],
    ["s", "b", 5],
    ["t", "c", 9],
    ["t", "d", null],
  ] as const)
    await pets.insert(scope, id, { kind: "cat", born });
  expect(await pets.list("s", { where: { kind: "cat" }, from: { born: 2 } })).toEqual([{ kind: "cat", born: 5 }]);
  await pets.deleteAll({ where: { kind: "cat" }, to: { born: 5 } });
  expect((await pets.listAll()).map(({ id }) => id)).toEqual(["c", "d"]);
});

test("transactions that wait for one another are told apart when one fails", async () => {
  const pets = store.collection(PETS);
  await store.open();
  const changes: string[] = [];
  store.onChange((change) => changes.push(change.id));
  const settled = await Promise.allSettled(
    ["a", "b", "a", "c"].map((id) =>
      store.transaction(async () => {
        await pets.put("s", `${id}-note`, { name: "note", kind: "cat" });
        await pets.insert("s", id, { name: id, kind: "cat" });
        return id;
      }),
    ),
  );
  expect(settled.map((one) => (one.status === "fulfilled" ? one.value : one.reason.constructor))).toEqual([
    "a",
    "b",
    DuplicateError,
    "c",
  ]);
  expect(await pets.listIds("s", {})).toEqual(["a", "a-note", "b", "b-note", "c", "c-note"]);
  expect(changes).toEqual(["a-note", "a", "b-note", "b", "c-note", "c"]);
});

test("reading waits for nobody, and sees what is committed", async () => {
  const pets = store.collection(PETS);
  await store.open();
  await pets.insert("s", "a", { name: "Ada", kind: "cat" });
  const read = Promise.withResolvers<void>();
  const writing = store.transaction(async () => {
    await pets.put("s", "a", { name: "Eve", kind: "cat" });
    expect((await pets.get("s", "a"))?.name).toBe("Eve");
    await read.promise;
  });
  expect((await pets.get("s", "a"))?.name).toBe("Ada");
  read.resolve();
  await writing;
  expect((await pets.get("s", "a"))?.name).toBe("Eve");
});

test("a commit that the disk refuses fails all that was in it, and those after it succeed", async () => {
  const pets = store.collection(PETS);
  await store.open();
  // A constraint that is looked at when all is to become durable stands in for the disk.
  await sql`create table parent (id text primary key)`.execute(store.db);
  await sql`create table child (id text references parent deferrable initially deferred)`.execute(store.db);
  const together = [
    store.transaction(() => pets.insert("s", "a", { name: "Ada", kind: "cat" })),
    store.transaction(() => sql`insert into child values ('nobody')`.execute(store.db)),
  ];
  expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await pets.listIds("s", {})).toEqual([]);
  await pets.insert("s", "a", { name: "Ada", kind: "cat" });
  expect(await pets.listIds("s", {})).toEqual(["a"]);
});

test("a page of ids is read without the rest", async () => {
  const pets = store.collection(PETS);
  await store.open();
  for (const id of ["a", "b", "c", "d"]) await pets.insert("s", id, { name: id, kind: id === "b" ? "dog" : "cat" });
  expect(await pets.listIds("s", { kind: "cat" }, { after: "a", limit: 1 })).toEqual(["c"]);
  expect([await pets.has("s", { kind: "dog" }), await pets.has("s", { kind: "cow" })]).toEqual([true, false]);
});
