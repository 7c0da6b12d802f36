/**
 * How many lines of 100 bytes a second come from a container's file to where GetLogEvents finds them, how long the event
 * loop is held up meanwhile, and how fast they can be read and searched: `node bench/logs.ts [lines] [containers]`.
 */
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../src/base/clock.ts";
import { randomIds } from "../src/base/ids.ts";
import { silentLogger } from "../src/base/log.ts";
import { Logs } from "../src/services/logs/logs.ts";
import { filterLogEvents } from "../src/services/logs/operations/filter-log-events.ts";
import { getLogEvents } from "../src/services/logs/operations/get-log-events.ts";
import { sqliteDialect } from "../src/store/sqlite.ts";
import { Store } from "../src/store/store.ts";
import { LogFollower } from "../src/tasks/log-shipper/log-follower.ts";
import type { RequestContext } from "../src/wire/context.ts";

const LINES = Number(process.argv[2] ?? 1_000_000);
const CONTAINERS = Number(process.argv[3] ?? 1);
const LINE_BYTES = 100;
const LINES_PER_WRITE = 1000;

const scope = { account: "000000000000", region: "us-east-1" };
const context = { scope } as RequestContext;
const folder = mkdtempSync(join(tmpdir(), "neargate-bench-logs-"));

function line(n: number): string {
  const text = `2026-01-01T00:00:00Z INFO request=${n.toString(36)} took=${(n * 7919) % 1000}ms `;
  return `${text.padEnd(LINE_BYTES - 1, "abcdefghij")}\n`;
}

function report(what: string, lines: number, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = Math.round(lines / seconds).toLocaleString("en");
  console.log(`${what.padEnd(44)} ${rate.padStart(12)} lines/s  (${seconds.toFixed(2)} s)`);
}

const store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
const logs = new Logs({ store, clock: systemClock, ids: randomIds, log: silentLogger, path: join(folder, "logs.db") });
await store.open();
logs.start();
const shipper = new LogFollower({
  sink: logs.sink,
  role: { authorizeLogs: async () => {} },
  clock: systemClock,
  log: silentLogger,
});

const routes = Array.from({ length: CONTAINERS }, (_, i) => ({
  containerId: `bench-${i}`,
  target: { driver: "awslogs" as const, scope, group: "bench", stream: `bench/app/${i}` },
  stdoutPath: join(folder, `${i}.out`),
  stderrPath: join(folder, `${i}.err`),
}));
const perContainer = Math.floor(LINES / CONTAINERS);
const total = perContainer * CONTAINERS;
for (const route of routes) {
  for (let at = 0; at < perContainer; at += LINES_PER_WRITE) {
    const count = Math.min(LINES_PER_WRITE, perContainer - at);
    appendFileSync(route.stdoutPath, Array.from({ length: count }, (_, i) => line(at + i)).join(""));
  }
  await logs.sink.ensureStream(scope, route.target.group, route.target.stream, true);
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const shippingSince = performance.now();
const cpuBefore = process.cpuUsage();
await Promise.all(routes.map((route) => shipper.follow(route)));
await Promise.all(routes.map((route) => shipper.finish(route)));
report(`shipped from ${CONTAINERS} file(s)`, total, shippingSince);
delay.disable();
const cpu = process.cpuUsage(cpuBefore);
console.log(`CPU for a million lines: ${(((cpu.user + cpu.system) / 1e6 / total) * 1e6).toFixed(2)} s`);
console.log(
  `event loop held up: p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`,
);

let read = 0;
const readingSince = performance.now();
for (const route of routes) {
  for (let nextToken: string | undefined; ;) {
    const input = {
      logGroupName: route.target.group,
      logStreamName: route.target.stream,
      startFromHead: true,
      nextToken,
    };
    const page = await getLogEvents(logs)(input, context);
    read += page.events!.length;
    if (page.nextForwardToken === nextToken) break;
    nextToken = page.nextForwardToken;
  }
}
report("GetLogEvents, all pages", read, readingSince);
if (read !== total) throw new Error(`${total} lines were written, ${read} were read`);

for (const filterPattern of ['"request=zz"', "[..., took = *77ms, rest]"]) {
  const searchingSince = performance.now();
  for (let nextToken: string | undefined; ;) {
    const page = await filterLogEvents(logs)({ logGroupName: "bench", filterPattern, nextToken }, context);
    if (!page.nextToken) break;
    nextToken = page.nextToken;
  }
  report(`FilterLogEvents ${filterPattern}`, total, searchingSince);
}

logs.events.sql("pragma wal_checkpoint(truncate)").all();
const stored = statSync(join(folder, "logs.db")).size;
console.log(`on disk: ${(stored / total).toFixed(1)} bytes a line`);
console.log(`resident: ${Math.round(process.memoryUsage.rss() / 1024 / 1024)} MB`);

await shipper.stop();
await logs.stop();
await store.close();
rmSync(folder, { recursive: true });
