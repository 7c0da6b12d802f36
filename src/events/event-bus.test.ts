import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../base/clock.ts";
import { randomIds } from "../base/ids.ts";
import { silentLogger } from "../base/log.ts";
import { sqliteDialect } from "../store/sqlite.ts";
import { Store } from "../store/store.ts";
import { EventBus } from "./event-bus.ts";
import { EventLog } from "./event-log.ts";
import { eventStream } from "./event-stream.ts";
import type { NewEvent, PublishedEvent } from "./event.ts";

const SCOPE = { account: "111122223333", region: "eu-west-1" };

let folder: string;
let store: Store;
let bus: EventBus;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-events-"));
  await open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
  store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
  bus = new EventBus({ store, clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
  bus.start();
}

async function close(): Promise<void> {
  await bus.stop();
  await store.close();
}

function told(name: string, more: Partial<NewEvent> = {}): NewEvent {
  return { source: "aws.ecs", detailType: "T", resources: [], detail: { name }, time: new Date(), ...more };
}

function publish(...names: string[]): Promise<void> {
  return store.transaction(async () => {
    for (const name of names) await bus.publish(SCOPE, told(name));
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const nameOf = ({ event }: Pick<PublishedEvent, "event">) => (event.detail as { name: string }).name;

async function kept(after = 0): Promise<string[]> {
  return (await all(bus.read({ after }))).map(nameOf);
}

/** Subscribes; what is heard comes into the list. */
async function listen(after?: number): Promise<string[]> {
  const heard: string[] = [];
  await bus.subscribe(after === undefined ? {} : { after }, (published) => void heard.push(nameOf(published)));
  return heard;
}

test("an event has EventBridge's envelope", async () => {
  const time = new Date("2026-01-02T03:04:05.678Z");
  await bus.publish(SCOPE, told("a", { resources: ["arn:x"], detail: { at: time }, time }));
  const [published] = await all(bus.read({ after: 0 }));
  expect(published).toEqual({
    sequence: 1,
    event: {
      version: "0",
      id: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
      "detail-type": "T",
      source: "aws.ecs",
      account: "111122223333",
      time: "2026-01-02T03:04:05Z",
      region: "eu-west-1",
      resources: ["arn:x"],
      detail: { at: "2026-01-02T03:04:05.678Z" },
    },
  });
});

test("events are told in order, once to each, from where a subscriber is", async () => {
  await publish("a", "b");
  const [whole, some, none] = [await listen(0), await listen(1), await listen()];
  await publish("c");
  await expect.poll(() => [whole, some, none]).toEqual([["a", "b", "c"], ["b", "c"], ["c"]]);
});

test("what is taken back is told to nobody, and the next event has its number", async () => {
  const heard = await listen(0);
  const failing = store.transaction(async () => {
    await bus.publish(SCOPE, told("a"));
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await publish("b");
  await expect.poll(() => heard).toEqual(["b"]);
  expect(await bus.last()).toBe(1);
});

test("an event that is not taken is told again, and those behind it wait", async () => {
  const heard: string[] = [];
  await bus.subscribe({ after: 0 }, (published) => {
    heard.push(nameOf(published));
    if (heard.length === 1) throw new Error("not now");
  });
  await publish("a", "b");
  await expect.poll(() => heard).toEqual(["a", "a", "b"]);
});

test("a subscription that is closed waits for its listener and hears no more", async () => {
  const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const heard: string[] = [];
  const subscription = await bus.subscribe({ after: 0 }, async (published) => {
    entered.resolve();
    await released.promise;
    heard.push(nameOf(published));
  });
  await publish("a", "b");
  await entered.promise;
  const closed = subscription.close();
  released.resolve();
  await closed;
  expect(heard).toEqual(["a"]);
});

test("events and numbers outlive the engine", async () => {
  await publish("a", "b");
  const before = await all(bus.read({ after: 0 }));
  await close();
  await open();
  await publish("c");
  const after = await all(bus.read({ after: 0 }));
  expect(after.slice(0, 2)).toEqual(before);
  expect(after.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});

test("those who listen hear all that is new after all state was emptied, however much it is", async () => {
  await publish("old");
  const heard: string[] = [];
  await bus.subscribe({ after: 0 }, (published) => void heard.push(nameOf(published)));
  await expect.poll(() => heard).toEqual(["old"]);
  await store.clear();
  await publish("a", "b", "c");
  await expect.poll(() => heard).toEqual(["old", "a", "b", "c"]);
  expect(await bus.last()).toBe(4);
});

test("more events than are read at once", async () => {
  const names = Array.from({ length: 250 }, (_, index) => String(index));
  await publish(...names);
  expect(await kept()).toEqual(names);
  expect(await kept(200)).toEqual(names.slice(200));
});

test("few events among many of another type", async () => {
  await store.transaction(async () => {
    for (let index = 0; index < 2500; index++)
      await bus.publish(SCOPE, told(String(index), { detailType: index % 1200 === 1199 ? "U" : "T" }));
  });
  const few = await all(bus.read({ after: 0, filter: { detailTypes: ["U"] } }));
  expect(few.map(({ sequence }) => sequence)).toEqual([1200, 2400]);
});

test("what is too old or too many goes, and numbers go on", async () => {
  const log = new EventLog(store);
  for (const [name, time] of [
    ["a", 1000],
    ["b", 2000],
    ["c", 3000],
    ["d", 4000],
  ] as const)
    await bus.publish(SCOPE, told(name, { time: new Date(time) }));
  await log.prune(4000, { maxAgeMs: 2000, maxCount: 10 });
  expect(await kept()).toEqual(["b", "c", "d"]);
  await log.prune(4000, { maxAgeMs: 9000, maxCount: 2 });
  expect(await kept()).toEqual(["c", "d"]);
  await log.prune(90_000, { maxAgeMs: 0, maxCount: 0 });
  expect(await kept()).toEqual([]);
  await bus.publish(SCOPE, told("e", { time: new Date(90_000) }));
  expect(await bus.last()).toBe(5);
});

test("thousands of old events go at once", async () => {
  await store.transaction(async () => {
    for (let time = 0; time < 2500; time++) await bus.publish(SCOPE, told(String(time), { time: new Date(time) }));
  });
  const log = new EventLog(store);
  await log.prune(2500, { maxAgeMs: 50, maxCount: 10_000 });
  expect(await log.bounds()).toEqual({ first: 2451, last: 2500 });
});

test("events are found by their time", async () => {
  expect(await bus.lastBefore(new Date(0))).toBe(0);
  for (const time of [1000, 2000, 2000, 3000]) await bus.publish(SCOPE, told("x", { time: new Date(time) }));
  const found = [0, 1000, 1001, 2000, 2500, 3000, 3001].map((time) => bus.lastBefore(new Date(time)));
  expect(await Promise.all(found)).toEqual([0, 0, 1, 1, 3, 3, 4]);
});

test("who looks on gets what they ask for", async () => {
  await publish("a");
  await bus.publish(SCOPE, told("b", { detailType: "U" }));
  const { signal } = new AbortController();
  const every = await all(eventStream(bus, { follow: false }, signal));
  expect(every.map((event) => nameOf({ event }))).toEqual(["a", "b"]);
  const ofType = await all(eventStream(bus, { follow: false, detailTypes: ["U"] }, signal));
  expect(ofType.map((event) => nameOf({ event }))).toEqual(["b"]);
  const later = eventStream(bus, { follow: false, since: new Date(Date.now() + 60_000) }, signal);
  expect(await all(later)).toEqual([]);
});

test("to follow ends with the signal, also while nothing happens, and with the bus", async () => {
  const ends = new AbortController();
  const following = eventStream(bus, { follow: true }, ends.signal);
  const [first, second] = [following.next(), following.next()];
  await vi.waitFor(async () => {
    await publish("a");
    await expect(Promise.race([first, Promise.reject(new Error("nothing yet"))])).resolves.toMatchObject({
      value: { detail: { name: "a" } },
    });
  }, 10_000);
  ends.abort();
  await second;
  expect((await following.next()).done).toBe(true);
  const other = all(eventStream(bus, { follow: true, since: new Date(0) }, new AbortController().signal));
  await bus.stop();
  await expect(other).resolves.toBeDefined();
});
