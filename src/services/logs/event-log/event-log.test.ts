import { afterEach, beforeEach, expect, test } from "vitest";
import { Block, encodeBlock, splitIntoBlocks } from "./block.ts";
import { BlockCursor, type BlockOwner, type Direction } from "./block-cursor.ts";
import { EventLog } from "./event-log.ts";
import { EventReader, type StoredEvent } from "./event-reader.ts";
import { behind, comparePositions, formatPosition, parsePosition, startOf, type Position } from "./position.ts";

let log: EventLog;
beforeEach(() => {
  log = new EventLog(":memory:");
});
afterEach(() => log.close());

const END = startOf(Number.MAX_SAFE_INTEGER);

function readAll(owners: BlockOwner[], from: Position, to: Position, direction: Direction): StoredEvent[] {
  const range = { from, to };
  const reader = new EventReader(
    owners.map((owner) => new BlockCursor(log, owner, range, direction)),
    range,
    direction,
  );
  const events: StoredEvent[] = [];
  for (let event = reader.next(); event; event = reader.next()) events.push(event);
  return events;
}

/** Small numbers that look random and are the same in every run. */
function* pseudoRandom(): Generator<number> {
  for (let state = 42; ; state = (state * 1_103_515_245 + 12_345) % 2 ** 31) yield state >>> 8;
}

test("a block gives back what was put in", () => {
  const messages = ["plain", "日本語 🙀", "line\nbreak\r", "\u0000\u001b[1m", "x".repeat(3000), "half a pair \ud83d"];
  for (const step of [0, 7]) {
    const events = messages.map((message, i) => ({ timestamp: 1000 + i * step, message }));
    const encoded = encodeBlock(events);
    const block = new Block(encoded);
    expect(events.map((_, i) => block.timestampAt(i))).toEqual(events.map((event) => event.timestamp));
    expect(events.map((_, i) => block.messageAt(i))).toEqual(messages.map((message) => message.toWellFormed()));
    expect(encoded.storedBytes).toBe(messages.reduce((sum, message) => sum + Buffer.byteLength(message) + 26, 0));
  }
});

function lengths(events: { timestamp: number; message: string }[]): number[] {
  return [...splitIntoBlocks(events)].map((block) => block.length);
}

test("blocks are cut by time, size and number", () => {
  expect(lengths([0, 10_000, 10_001, 30_000].map((timestamp) => ({ timestamp, message: "m" })))).toEqual([2, 1, 1]);
  expect(lengths(Array.from({ length: 3 }, () => ({ timestamp: 0, message: "m".repeat(200_000) })))).toEqual([1, 1, 1]);
  expect(lengths(Array.from({ length: 20_001 }, () => ({ timestamp: 0, message: "m" })))).toEqual([10_000, 10_000, 1]);
});

test("event ids sort as positions do and can be read back", () => {
  const positions = [
    { timestamp: 1, block: 9, index: 9 },
    { timestamp: 1_700_000_000_000, block: 1, index: 4_000_000_000 },
    { timestamp: 1_700_000_000_000, block: 2, index: 0 },
    { timestamp: 1_700_000_000_000, block: Number.MAX_SAFE_INTEGER, index: 0 },
    END,
  ];
  const ids = positions.map(formatPosition);
  expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(ids.map(parsePosition)).toEqual(positions);
  expect(parsePosition("1")).toBeUndefined();
});

test("any range in any direction is what sorting everything would give", () => {
  const random = pseudoRandom();
  const pick = (n: number) => random.next().value! % n;
  const names = ["a", "b", "c"];
  for (const name of names) log.createStream("g", name, 0);
  const streams = names.map((name) => log.findStream("g", name)!);
  for (let put = 0; put < 300; put++) {
    const start = pick(60_000);
    const times = Array.from({ length: 1 + pick(12) }, () => start + pick(pick(4) ? 1000 : 25_000));
    const events = times.sort((x, y) => x - y).map((timestamp, i) => ({ timestamp, message: `${put}-${i}` }));
    log.append(streams[pick(3)]!, events, put);
  }
  const group: BlockOwner = { group: log.findGroup("g")! };
  const all = readAll([group], startOf(0), END, "forward");
  expect(all).toEqual(all.toSorted((x, y) => comparePositions(x.position, y.position)));
  expect(new Set(all.map((event) => event.message)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(1500);
  const ofStream = names.map((name) => all.filter((event) => event.streamName === name));
  for (let round = 0; round < 200; round++) {
    const [from, to] = [all[pick(all.length)]!.position, all[pick(all.length)]!.position].sort(comparePositions);
    const range = [from!, pick(2) ? to! : startOf(to!.timestamp)] as const;
    const inside = (events: StoredEvent[]) =>
      events.filter(
        ({ position }) => comparePositions(position, range[0]) >= 0 && comparePositions(position, range[1]) < 0,
      );
    const which = pick(3);
    const owner: BlockOwner = { stream: streams[which]!.streamId };
    expect(readAll([group], ...range, "forward")).toEqual(inside(all));
    expect(readAll([owner], ...range, "forward")).toEqual(inside(ofStream[which]!));
    expect(readAll([owner], ...range, "backward")).toEqual(inside(ofStream[which]!).toReversed());
    const two = streams.slice(0, 2).map((stream) => ({ stream: stream.streamId }));
    expect(readAll(two, ...range, "forward")).toEqual(inside(all.filter((event) => event.streamName !== "c")));
  }
});

test("reading goes on over blocks that are deleted meanwhile", () => {
  log.createStream("g", "s", 0);
  const stream = log.findStream("g", "s")!;
  for (let i = 0; i < 10; i++) log.append(stream, [{ timestamp: i, message: `${i}` }], 0);
  const range = { from: startOf(0), to: END };
  const reader = new EventReader([new BlockCursor(log, { stream: 1 }, range, "forward")], range, "forward");
  expect(reader.next()?.message).toBe("0");
  while (log.expireStep("g", 7)) continue;
  expect(reader.next()?.message).toBe("7");
  expect(behind(reader.peek()!)).toMatchObject({ timestamp: 8, index: 1 });
});

test("appending to a stream that is gone stores nothing, not even the checkpoint", () => {
  log.createStream("g", "s", 0);
  const stream = log.findStream("g", "s")!;
  const checkpoint = { source: "x", offset: 5 };
  expect(log.append(stream, [{ timestamp: 1, message: "m" }], 1, checkpoint)).toBe(1);
  expect(log.checkpoint("x")).toBe(5);
  log.deleteStream("g", "s");
  expect(log.append(stream, [{ timestamp: 1, message: "m" }], 1, { source: "x", offset: 9 })).toBeUndefined();
  expect(log.checkpoint("x")).toBe(5);
  while (log.deleteStep()) continue;
  expect(log.storedBytes("g")).toBe(0);
  log.dropCheckpoint("x");
  expect(log.checkpoint("x")).toBe(0);
});

test("stored bytes follow what is added, expires and is deleted", () => {
  for (const name of ["a", "b"]) log.createStream("g", name, 0);
  log.append(log.findStream("g", "a")!, [{ timestamp: 10, message: "12345" }], 1);
  log.append(log.findStream("g", "a")!, [{ timestamp: 20, message: "é" }], 1);
  log.append(log.findStream("g", "b")!, [{ timestamp: 30, message: "1" }], 1);
  expect(log.storedBytes("g")).toBe(5 + 2 + 1 + 3 * 26);
  while (log.expireStep("g", 20)) continue;
  expect(log.storedBytes("g")).toBe(2 + 1 + 2 * 26);
  while (log.deleteGroupStep("g") || log.deleteStep()) continue;
  expect(log.groupUids()).toEqual([]);
});
