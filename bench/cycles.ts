/**
 * Whether launching and stopping tasks stays as quick as it began and leaves nothing behind: cycles of ten tasks, the
 * first hundred tasks beside the last hundred, and what of the engine is left on the host.
 *
 *     node bench/cycles.ts [tasks] [runc|gvisor]     (1000 runc unless told)
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { TestEngine } from "../test/support/engine.ts";
import { Fargate } from "../test/support/fargate.ts";
import { busyboxRoot } from "../test/support/images.ts";
import { taskTraces } from "../test/support/leaks.ts";
import { percentiles, table } from "./report.ts";

const TASKS = Number(process.argv[2] ?? 1000);
const TIER = process.argv[3] ?? "runc";
/** RunTask's limit. */
const TOGETHER = 10;
const COMPARED = 100 / TOGETHER;

interface Cycle {
  launchMs: number;
  stopMs: number;
}

/** What a control plane holds on to. */
function held(pid: number): { residentMiB: number; files: number; threads: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    residentMiB: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024),
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)![1]),
  };
}

const engine = await TestEngine.start(["--isolation", TIER]);
const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
const root = busyboxRoot();
try {
  const fargate = await Fargate.prepare(engine);
  const image = await fargate.push("cycles", root, { Cmd: ["sleep", "100000"], StopSignal: "SIGKILL" });
  const definition = await fargate.define([{ image }]);
  const cycle = async (): Promise<Cycle> => {
    const start = performance.now();
    const tasks = await fargate.run(definition, { count: TOGETHER });
    await fargate.reach(tasks, "RUNNING");
    const running = performance.now();
    await fargate.stop(tasks);
    return { launchMs: running - start, stopMs: performance.now() - running };
  };
  await cycle();
  const before = held(engine.pid);
  const cycles: Cycle[] = [];
  while (cycles.length * TOGETHER < TASKS) {
    cycles.push(await cycle());
    process.stderr.write(`\r${cycles.length * TOGETHER}/${TASKS} `);
  }
  const rows = (name: string, part: readonly Cycle[]) => [
    [`${name}: ten tasks to RUNNING`, ...percentiles(part.map(({ launchMs }) => launchMs)).cells],
    [`${name}: ten tasks to STOPPED`, ...percentiles(part.map(({ stopMs }) => stopMs)).cells],
  ];
  console.log(
    table([
      ["", "p50 ms", "p90 ms", "max ms"],
      ...rows("first hundred", cycles.slice(0, COMPARED)),
      ...rows("last hundred", cycles.slice(-COMPARED)),
    ]),
  );
  const after = held(engine.pid);
  console.log("\ncontrol plane before:", before, "\ncontrol plane after: ", after);
  console.log("left of tasks:", await taskTraces(instance));
} finally {
  await engine.stop();
  rmSync(root, { recursive: true, force: true });
}
