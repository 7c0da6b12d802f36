import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogRoute, RouterTarget, SplunkTarget } from "../../src/tasks/log-route.ts";
import { until } from "../support/engine.ts";
import { TestCollector, TestRouter } from "./firelens-app/log-receivers.ts";
import { startLogsEngine, type LogsEngine } from "./logs-engine.ts";

let folder: string;
let engine: LogsEngine;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-destinations-"));
  engine = await startLogsEngine(folder);
});
afterEach(async () => {
  await engine.stop();
  for (const end of ends.splice(0)) await end();
  rmSync(folder, { recursive: true });
});

const paths = () => ({
  containerId: "a",
  stdoutPath: join(folder, "a.stdout"),
  stderrPath: join(folder, "a.stderr"),
});

function toRouter(change: Partial<RouterTarget> = {}): LogRoute & { target: RouterTarget } {
  const socketFolder = join(folder, "socket");
  mkdirSync(socketFolder, { recursive: true });
  const target = {
    driver: "awsfirelens",
    socketFolder,
    tag: "app-firelens-t",
    containerId: "c",
    containerName: "app",
  } as const;
  return { ...paths(), target: { ...target, acknowledges: true, ...change } };
}

async function startRouter(acknowledges = true): Promise<TestRouter> {
  const path = join(folder, "socket/fluent.sock");
  rmSync(path, { force: true });
  const router = new TestRouter(acknowledges);
  await router.listen(path);
  ends.push(() => router.close());
  return router;
}

function toSplunk(url: string, change: Partial<SplunkTarget> = {}): LogRoute {
  const target = {
    driver: "splunk",
    url,
    token: "t0ken",
    host: "h",
    format: "inline",
    tag: "",
    attributes: {},
  } as const;
  return { ...paths(), target: { ...target, skipVerify: false, ...change } };
}

test("a router that comes late, and again, gets every line once", async () => {
  const route = toRouter();
  await engine.follower.follow(route);
  appendFileSync(route.stdoutPath, "one\n\ntwo\n");
  let router = await startRouter();
  await until(() => router.logs.length === 3);
  await until(async () => (await engine.logs.sink.checkpoint("a/stdout")) === 9); // else they are sent again
  const { time, ...event } = router.events[0]!;
  expect(event).toEqual({
    tag: "app-firelens-t",
    record: { container_id: "c", container_name: "app", source: "stdout", log: "one" },
  });
  expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
  await router.close();
  appendFileSync(route.stderrPath, "three\n");
  const long = "x".repeat(40_000);
  appendFileSync(route.stdoutPath, `${long}\nlast`);
  router = await startRouter();
  await engine.follower.stop();
  await engine.follower.finish(route);
  const [source, lines] = [
    router.events.find(({ record }) => record["log"] === "three")!.record["source"],
    router.logs,
  ];
  expect([source, lines.filter((line) => line !== "three").map((line) => line.length)]).toEqual([
    "stderr",
    [16_384, 16_384, 7_232, 4],
  ]);
  const parts = router.events.map(({ record }) => record).filter((record) => record["partial_message"]);
  expect(new Set(parts.map((part) => part["partial_id"])).size).toBe(1);
  expect(parts.map((part) => [part["partial_ordinal"], part["partial_last"]])).toEqual([
    ["1", "false"],
    ["2", "false"],
    ["3", "true"],
  ]);
  expect([existsSync(route.stdoutPath), await engine.logs.sink.checkpoint("a/stdout")]).toEqual([false, 0]);
});

test("a flood goes through a router whole", async () => {
  const route = toRouter();
  const router = await startRouter();
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i}`.padEnd(60, "."));
  writeFileSync(route.stdoutPath, lines.map((line) => `${line}\n`).join(""));
  await engine.follower.finish(route);
  expect(router.logs.findIndex((line, i) => line !== lines[i])).toBe(-1);
  expect(router.logs.length).toBe(lines.length);
});

test("a router that acknowledges nothing is asked once", async () => {
  const route = toRouter();
  const router = await startRouter(false);
  await engine.follower.follow(route);
  appendFileSync(route.stdoutPath, "one\n");
  await until(async () => (await engine.logs.sink.checkpoint("a/stdout")) === 4);
  const since = performance.now();
  appendFileSync(route.stdoutPath, "two\n");
  await engine.follower.finish(route);
  expect(performance.now() - since).toBeLessThan(2900); // a first acknowledgement is waited for three seconds
  await until(() => router.logs.length === 2);
  expect(router.logs).toEqual(["one", "two"]);
});

test("a router whose first acknowledgement comes too late is asked again once it has come", async () => {
  const route = toRouter();
  const router = await startRouter();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  router.held = held;
  await engine.follower.follow(route);
  appendFileSync(route.stdoutPath, "one\n");
  await until(async () => (await engine.logs.sink.checkpoint("a/stdout")) === 4);
  release();
  await until(() => {
    appendFileSync(route.stdoutPath, "more\n");
    return router.asked > 1;
  });
  await engine.follower.finish(route);
  expect(router.logs[0]).toBe("one");
});

test("a router that is not there holds up nobody, and its output can be given up", async () => {
  const route = toRouter();
  await engine.follower.follow(route);
  appendFileSync(route.stdoutPath, "one\n");
  const refused = expect(engine.follower.finish(route)).rejects.toThrow("given up");
  await engine.follower.discard(route);
  await refused;
  expect(existsSync(route.stdoutPath)).toBe(false);
});

test("a link in the router's folder is not followed", async () => {
  const route = toRouter();
  let dialled = 0;
  const host = createServer(() => dialled++);
  await new Promise<void>((resolve) => host.listen(join(folder, "host.sock"), resolve));
  ends.push(async () => void host.close());
  symlinkSync(join(folder, "host.sock"), join(folder, "socket/fluent.sock"));
  writeFileSync(route.stdoutPath, "one\n");
  const finished = engine.follower.finish(route);
  finished.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(dialled).toBe(0);
  await engine.follower.discard(route);
});

test("Splunk gets events in batches, again after it failed, and the token in its header alone", async () => {
  const collector = new TestCollector();
  await collector.listen();
  ends.push(() => collector.close());
  collector.status = 503;
  const route = toSplunk(collector.url, { format: "json", index: "i", gzipLevel: 6 });
  writeFileSync(route.stdoutPath, Array.from({ length: 2500 }, (_, i) => `{"n":${i}}\n`).join(""));
  const finished = engine.follower.finish(route);
  await until(() => collector.requests.length >= 2);
  collector.requests.splice(0);
  collector.status = 200;
  await finished;
  expect(collector.requests.map(({ body }) => body.split('"event"').length - 1)).toEqual([1000, 1000, 500]);
  const [{ method, path, headers, body }] = collector.requests as [(typeof collector.requests)[0]];
  expect([method, path, headers.authorization]).toEqual(["POST", "/services/collector/event/1.0", "Splunk t0ken"]);
  expect(body.startsWith('{"event":{"line":{"n":0},"source":"stdout"},"time":"')).toBe(true);
  expect(body).not.toContain("t0ken");
});

test("what Splunk refuses for what it is does not hold up the rest", async () => {
  const collector = new TestCollector();
  await collector.listen();
  ends.push(() => collector.close());
  const route = toSplunk(collector.url);
  await engine.follower.follow(route);
  collector.status = 400;
  appendFileSync(route.stdoutPath, "bad\n");
  await until(() => collector.requests.length === 1);
  collector.status = 200;
  appendFileSync(route.stdoutPath, "good\n");
  await engine.follower.finish(route);
  expect(collector.requests.map(({ body }) => JSON.parse(body).event.line as string)).toEqual(["bad", "good"]);
});
