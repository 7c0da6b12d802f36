/**
 * How long a task takes from the call to RUNNING, beside `docker run -d` with the same image and limits on a user bridge,
 * turn by turn in one run; and the control plane's memory at rest.
 *
 *     node bench/run-task.ts [samples]
 */
import { readFileSync, rmSync } from "node:fs";
import { TestEngine } from "../test/support/engine.ts";
import { Fargate } from "../test/support/fargate.ts";
import { busyboxRoot } from "../test/support/images.ts";
import { Docker } from "./docker.ts";
import { percentiles, table } from "./report.ts";

const SAMPLES = Number(process.argv[2] ?? 100);
const WARM_UP = 3;
/** Between two looks at a task: adds up to this to our time, and keeps the looking from taking the cores. */
const POLL_MS = 5;

/** The control plane's resident memory in MiB. */
function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

async function measure(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const engine = await TestEngine.start();
const docker = new Docker();
const root = busyboxRoot();
try {
  const atRest = residentMiB(engine.pid);
  const fargate = await Fargate.prepare(engine);
  const image = await fargate.push("bench", root, { Cmd: ["sleep", "100000"] });
  const definition = await fargate.define([{ image }]);
  await docker.start(root);

  const launch = async () => {
    let tasks = await fargate.run(definition);
    while (tasks[0]!.lastStatus !== "RUNNING") {
      if (tasks[0]!.lastStatus === "STOPPED") throw new Error(tasks[0]!.stoppedReason);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      tasks = await fargate.describe(tasks);
    }
    return tasks;
  };
  const dockerRun = () =>
    docker.run(
      "run",
      "-d",
      "--network",
      "bench",
      "--cpus",
      "0.25",
      "--memory",
      "512m",
      "--ulimit",
      "nofile=20000:20000",
      "bench:latest",
    );

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
    let tasks: Awaited<ReturnType<typeof launch>> = [];
    const took = await measure(async () => void (tasks = await launch()));
    await fargate.stop(tasks);
    let id = "";
    const dockerTook = await measure(async () => void (id = (await dockerRun()).stdout.trim()));
    await docker.run("rm", "-f", id);
    if (sample >= 0) {
      ours.push(took);
      theirs.push(dockerTook);
    }
    process.stderr.write(`\r${sample + 1}/${SAMPLES} `);
  }
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const neargate = percentiles(ours);
  const peer = percentiles(theirs);
  console.log(
    table([
      ["", "p50 ms", "p90 ms", "max ms"],
      ["RunTask → RUNNING", ...neargate.cells],
      ["docker run -d", ...peer.cells],
      ["ratio", (neargate.p50 / peer.p50).toFixed(2), (neargate.p90 / peer.p90).toFixed(2), ""],
    ]),
  );
  console.log(
    `\nControl plane, resident: ${atRest.toFixed(0)} MiB after start, ${residentMiB(engine.pid).toFixed(0)} MiB after ${SAMPLES + WARM_UP} tasks.`,
  );
} finally {
  await docker.stop();
  await engine.stop();
  rmSync(root, { recursive: true, force: true });
}
