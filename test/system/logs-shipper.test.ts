import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, type Clock } from "../../src/base/clock.ts";
import { getLogEvents } from "../../src/services/logs/operations/get-log-events.ts";
import type { RequestContext } from "../../src/wire/context.ts";
import { routeIn, scope, startLogsEngine, type LogsEngine, type StreamRoute } from "./logs-engine.ts";

let folder: string;
let engine: LogsEngine | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-shipper-"));
});
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
  rmSync(folder, { recursive: true });
});

/** An engine with a stream for each route; it does not follow them yet. */
async function startWith(...routes: StreamRoute[]): Promise<LogsEngine> {
  return await startAt(systemClock, ...routes);
}

/** As {@link startWith}, by another clock. */
async function startAt(clock: Clock, ...routes: StreamRoute[]): Promise<LogsEngine> {
  engine = await startLogsEngine(folder, "silent", clock);
  for (const { target } of routes) await engine.logs.sink.ensureStream(scope, target.group, target.stream, true);
  return engine;
}

async function until(what: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await what()); await sleep(10))
    if (Date.now() > deadline) throw new Error("did not happen in time");
}

/** Plain comparison: a difference in a million lines is not printed. */
function expectSame(actual: string[], expected: string[]): void {
  const at = expected.findIndex((line, i) => line !== actual[i]);
  const difference =
    at === -1 ? undefined : { at, expected: expected[at]?.slice(0, 200), actual: actual[at]?.slice(0, 200) };
  expect({ count: actual.length, difference }).toEqual({ count: expected.length, difference: undefined });
}

const numbered = (from: number, count: number, pad = 0) =>
  Array.from({ length: count }, (_, i) => `line ${from + i}`.padEnd(pad, "."));
const asText = (lines: string[]) => lines.map((line) => `${line}\n`).join("");

test("lines appear soon after they are written, and an unfinished one when it is finished", async () => {
  const route = routeIn(folder, "a");
  // What it waits for of its own will: how long the machine takes besides is not its doing.
  const waits: number[] = [];
  const sleepAndTell = (ms: number, signal?: AbortSignal) => (waits.push(ms), systemClock.sleep(ms, signal));
  const { follower, messagesOf } = await startAt({ ...systemClock, sleep: sleepAndTell }, route);
  await follower.follow(route);
  await follower.follow(route);
  waits.length = 0;
  appendFileSync(route.stdoutPath, "one\ntw");
  await until(async () => (await messagesOf(route)).length === 1);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(1000);
  appendFileSync(route.stderrPath, "problem\n");
  await until(async () => (await messagesOf(route)).length === 2);
  await sleep(200);
  appendFileSync(route.stdoutPath, "o\nthree");
  await until(async () => (await messagesOf(route)).length === 3);
  await follower.finish(route);
  expect(await messagesOf(route)).toEqual(["one", "problem", "two", "three"]);
  expect([route.stdoutPath, route.stderrPath].filter(existsSync)).toEqual([]);
  await follower.finish(route);
  expect(await messagesOf(route)).toHaveLength(4);
});

test("finish does the whole work for a container that was never followed", async () => {
  const route = routeIn(folder, "a");
  const { follower, messagesOf } = await startWith(route);
  await follower.finish(route);
  writeFileSync(route.stdoutPath, "out\nput");
  await follower.finish(route);
  expect(await messagesOf(route)).toEqual(["out", "put"]);
});

test("a million lines arrive in order, with bounded memory, and their file does not keep the disk space", async () => {
  const route = routeIn(folder, "a");
  const { follower, messagesOf } = await startWith(route);
  await follower.follow(route);
  const before = process.memoryUsage();
  let peak = 0;
  for (let at = 0; at < 1_000_000; at += 10_000) {
    appendFileSync(route.stdoutPath, asText(numbered(at, 10_000, 99)));
    await sleep(1);
    peak = Math.max(peak, process.memoryUsage().external + process.memoryUsage().heapUsed);
  }
  const source = `${route.containerId}/stdout`;
  await until(async () => (await engine!.logs.sink.checkpoint(source)) === 100_000_000, 180_000);
  expect(statSync(route.stdoutPath).size).toBe(100_000_000);
  expect(statSync(route.stdoutPath).blocks * 512).toBeLessThan(3 * 1024 * 1024);
  expect((peak - before.external - before.heapUsed) / 1024 / 1024).toBeLessThan(150);
  await follower.finish(route);
  expectSame(await messagesOf(route), numbered(0, 1_000_000, 99));
}, 240_000);

test("a very long line without newline becomes several events, and garbage becomes text", async () => {
  const route = routeIn(folder, "a");
  const { follower, messagesOf } = await startWith(route);
  await follower.follow(route);
  const line = "日本語 ".repeat(1_000_000); // 10 MB
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length; at += 300_001) {
    appendFileSync(route.stdoutPath, bytes.subarray(at, at + 300_001));
    if (at % 7 === 0) await sleep(5);
  }
  appendFileSync(route.stdoutPath, "\nnext\n");
  const garbage = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919 + (i >> 5) * 104_729) & 0xff));
  appendFileSync(route.stderrPath, garbage);
  await follower.finish(route);
  const messages = await messagesOf(route);
  const long = messages.slice(0, messages.indexOf("next")).filter((message) => message.includes("日本"));
  expect(long.every((message) => Buffer.byteLength(message) <= 1_048_550)).toBe(true);
  expect(long.join("") === line).toBe(true);
  const others = messages.filter((message) => !long.includes(message) && message !== "next");
  expectSame(others, garbage.toString().split("\n").filter(Boolean));
});

test("a hundred containers are served evenly while one floods", async () => {
  const routes = Array.from({ length: 100 }, (_, i) => routeIn(folder, `c${i}`));
  const { follower, logs, messagesOf } = await startWith(...routes);
  await Promise.all(routes.map((route) => follower.follow(route)));
  const flood = Buffer.from(asText(numbered(0, 100_000, 99)));
  for (let i = 0; i < 10; i++) appendFileSync(routes[0]!.stdoutPath, flood);
  for (const route of routes.slice(1)) appendFileSync(route.stdoutPath, "hello\n");
  await until(async () => (await messagesOf(routes[99]!)).length === 1);
  expect(await logs.sink.checkpoint("c0/stdout")).toBeLessThan((flood.length * 10) / 2);
  await Promise.all(routes.map((route) => follower.finish(route)));
  for (const route of routes.slice(1)) expect(await messagesOf(route)).toEqual(["hello"]);
  expect(await messagesOf(routes[0]!)).toHaveLength(1_000_000);
});

test("output of a deleted group is dropped, and everything else goes on", async () => {
  const [gone, other] = [routeIn(folder, "gone"), routeIn(folder, "other", { group: "other" })];
  const { follower, logs, messagesOf } = await startWith(gone, other);
  await follower.follow(gone);
  await follower.follow(other);
  await logs.deleteGroup(scope, "g");
  appendFileSync(gone.stdoutPath, "nobody hears this\n");
  appendFileSync(other.stdoutPath, "fine\n");
  await until(async () => (await logs.sink.checkpoint("gone/stdout")) === 18);
  await logs.sink.ensureStream(scope, gone.target.group, gone.target.stream, true);
  appendFileSync(gone.stdoutPath, "heard again\n");
  await follower.finish(gone);
  await follower.finish(other);
  expect(await messagesOf(gone)).toEqual(["heard again"]);
  expect(await messagesOf(other)).toEqual(["fine"]);
});

test("a sink that fails for a while gets everything later, once", async () => {
  const route = routeIn(folder, "a");
  const { follower, logs, messagesOf } = await startWith(route);
  const append = logs.sink.append.bind(logs.sink);
  let failures = 4;
  logs.sink.append = (...args) => (failures-- > 0 ? Promise.reject(new Error("disk full")) : append(...args));
  await follower.follow(route);
  appendFileSync(route.stdoutPath, "one\n");
  await sleep(50);
  appendFileSync(route.stdoutPath, "two\n");
  await follower.finish(route);
  expect(await messagesOf(route)).toEqual(["one", "two"]);
});

test("stopping keeps the place; following and finishing go on from there", async () => {
  const route = routeIn(folder, "a");
  const { follower, messagesOf } = await startWith(route);
  await follower.follow(route);
  appendFileSync(route.stdoutPath, "one\ntw");
  await until(async () => (await messagesOf(route)).length === 1);
  await follower.stop();
  appendFileSync(route.stdoutPath, "o\n");
  await follower.follow(route);
  await until(async () => (await messagesOf(route)).length === 2);
  await follower.finish(route);
  expect(await messagesOf(route)).toEqual(["one", "two"]);
});

test("events of several lines are one, also over a restart, and do not wait for ever", async () => {
  const route = routeIn(folder, "a", { multilinePattern: "^\\d{4}-" });
  const { follower, messagesOf } = await startWith(route);
  await follower.follow(route);
  appendFileSync(route.stdoutPath, "2024-01 one\n  at a\n  at b\n2024-02 two\n  at");
  await until(async () => (await messagesOf(route)).length === 1);
  expect(await messagesOf(route)).toEqual(["2024-01 one\n  at a\n  at b\n"]);
  await follower.stop();
  const since = performance.now();
  appendFileSync(route.stdoutPath, " c\n");
  await follower.follow(route);
  await until(async () => (await messagesOf(route)).length === 2);
  expect(performance.now() - since).toBeGreaterThan(3300);
  appendFileSync(route.stdoutPath, "  late\n2024-03 three\nend");
  await follower.finish(route);
  expect((await messagesOf(route)).slice(1)).toEqual(["2024-02 two\n  at c\n", "  late\n", "2024-03 three\nend\n"]);
});

test("of what waits, the oldest beyond the bound is dropped, and its disk space given back", async () => {
  const route = { ...routeIn(folder, "a"), maxBufferBytes: 1024 * 1024 };
  const { follower, logs, messagesOf } = await startWith(route);
  const append = logs.sink.append.bind(logs.sink);
  let isDown = true;
  logs.sink.append = (...args) => (isDown ? Promise.reject(new Error("away")) : append(...args));
  await follower.follow(route);
  for (let at = 0; at < 300_000; at += 10_000) appendFileSync(route.stdoutPath, asText(numbered(at, 10_000, 99)));
  const onDisk = () => statSync(route.stdoutPath).blocks * 512;
  await until(() => onDisk() < 2 * 1024 * 1024);
  isDown = false;
  await follower.finish(route);
  const messages = await messagesOf(route);
  expectSame(messages, numbered(300_000 - messages.length, messages.length, 99));
  expect(messages.length).toBeGreaterThan(10_000);
  expect(messages.length).toBeLessThan(10_600);
});

test("what was written while nobody shipped is kept whole, and has times from then", async () => {
  const route = { ...routeIn(folder, "a"), maxBufferBytes: 1000 };
  await startWith(route);
  await engine!.stop();
  const stopped = Date.now();
  writeFileSync(route.stdoutPath, asText(numbered(0, 1000)));
  const written = Date.now();
  const modified = stopped + 60_000;
  utimesSync(route.stdoutPath, modified / 1000, modified / 1000);
  const clock = { ...systemClock, now: () => Date.now() + 3_600_000 };
  engine = await startLogsEngine(folder, "silent", clock);
  await engine.follower.finish(route);
  const { events } = await getLogEvents(engine.logs)(
    { logGroupName: "g", logStreamName: "app/a", startFromHead: true },
    { scope } as RequestContext,
  );
  const times = events!.map((event) => event.timestamp!);
  expect(events!.map((event) => event.message)).toEqual(numbered(0, 1000));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]! - written).toBeLessThan(2000);
  expect(Math.abs(times[500]! - (times[0]! + modified) / 2)).toBeLessThan(2000);
  expect(modified - times[999]!).toBeLessThan(2000);
});

test("kill -9 in mid-flood, again and again, loses no line and doubles none", async () => {
  const names = ["a", "b", "c"];
  const routes = names.map((name) => routeIn(folder, name));
  await startWith(...routes);
  await engine!.stop();
  engine = undefined;
  let written = 0;
  // However long a child takes to start, it finds no more than so much.
  let bound = 0;
  let isShipping = false;
  const over = new AbortController();
  const writing = (async () => {
    for (; !over.signal.aborted; await sleep(25)) {
      if (written >= bound && !isShipping) continue;
      for (const { stdoutPath, containerId } of routes)
        appendFileSync(stdoutPath, asText(numbered(written, 2000, 60).map((line) => `${containerId} ${line}`)));
      written += 2000;
    }
  })();
  const script = join(import.meta.dirname, "logs-engine-child.ts");
  for (let kills = 0; kills < 4; kills++) {
    bound = written + 20_000;
    const child = spawn(process.execPath, [script, folder, ...names], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    isShipping = true;
    await sleep(20 + ((kills * 37) % 200));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    isShipping = false;
  }
  over.abort();
  await writing;
  engine = await startLogsEngine(folder);
  await Promise.all(routes.map((route) => engine!.follower.finish(route)));
  for (const route of routes)
    expectSame(
      await engine.messagesOf(route),
      numbered(0, written, 60).map((line) => `${route.containerId} ${line}`),
    );
});

test.each(["event-log.append.before-commit=kill", "log-shipper.shipped=kill", "log-shipper.finish.removed=kill"])(
  "a crash at %s loses and doubles nothing",
  async (failpoints) => {
    const route = routeIn(folder, "a");
    await startWith(route);
    await engine!.stop();
    engine = undefined;
    writeFileSync(route.stdoutPath, asText(numbered(0, 5000)));
    const program = `
    const { routeIn, startLogsEngine } = await import(${JSON.stringify(join(import.meta.dirname, "logs-engine.ts"))});
    const { follower } = await startLogsEngine(${JSON.stringify(folder)});
    await follower.finish(routeIn(${JSON.stringify(folder)}, "a"));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      env: { ...process.env, NEARGATE_FAILPOINTS: failpoints },
      stdio: "inherit",
    });
    expect(await new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)))).toBe("SIGKILL");
    engine = await startLogsEngine(folder);
    await engine.follower.finish(route);
    expectSame(await engine.messagesOf(route), numbered(0, 5000));
    expect(await engine.logs.sink.checkpoint("a/stdout")).toBe(0);
  },
);
