/**
 * Where the time of a launch goes, on each isolation tier, beside `docker run -d` and `ctr run -d` of the same image, turn
 * by turn in one run. The image is there; the first launch of each tier, which fetches it, is shown apart.
 *
 *     node bench/launch.ts [samples]
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "@aws-sdk/client-ecs";
import { TestEngine } from "../test/support/engine.ts";
import { Fargate } from "../test/support/fargate.ts";
import { busyboxRoot } from "../test/support/images.ts";
import { tiersHere } from "../test/support/tiers.ts";
import { ContainerdPeer } from "./containerd.ts";
import { Docker } from "./docker.ts";
import { percentiles, table } from "./report.ts";

const SAMPLES = Number(process.argv[2] ?? 30);
/** Between two looks at a task: adds up to this to our time. */
const POLL_MS = 5;
/** In their order; network and image are side by side. */
const PHASES = ["network", "image", "create", "start", "RunTask → RUNNING"] as const;
type Phases = Record<(typeof PHASES)[number], number>;

interface LogLine {
  msg: string;
  container?: string;
  ms?: number;
}

/** What the engine's log says of a container. */
function logged(engine: TestEngine, task: Task, message: string): number {
  const lines = readFileSync(join(engine.dataFolder, "engine.log"), "utf8").split("\n").filter(Boolean);
  const id = task.containers![0]!.runtimeId;
  const found = lines.map((line) => JSON.parse(line) as LogLine);
  return found.find((line) => line.container === id && line.msg === message)?.ms ?? Number.NaN;
}

const between = (from: Date | undefined, to: Date | undefined) => to!.getTime() - from!.getTime();

async function launch(fargate: Fargate, definition: string): Promise<Phases> {
  const began = performance.now();
  let [task] = await fargate.run(definition);
  while (task!.lastStatus !== "RUNNING") {
    if (task!.lastStatus === "STOPPED") throw new Error(task!.stoppedReason);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    [task] = await fargate.describe([task!]);
  }
  const phases = {
    network: between(task!.createdAt, task!.connectivityAt),
    image: between(task!.pullStartedAt, task!.pullStoppedAt),
    create: logged(fargate.engine, task!, "container created"),
    start: logged(fargate.engine, task!, "container started"),
    "RunTask → RUNNING": performance.now() - began,
  };
  await fargate.stop([task!]);
  return phases;
}

async function measure(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** A name, its three percentiles, and how many of the peer's p50 that is. */
function row(name: string, samples: readonly number[]): string[] {
  return [name, ...percentiles(samples).cells];
}

const tiers = await tiersHere();
const docker = new Docker();
const ctr = new ContainerdPeer();
const root = busyboxRoot();
const engines: TestEngine[] = [];
try {
  const places = [];
  for (const tier of tiers) {
    const engine = await TestEngine.start(["--isolation", tier, "--log-level", "debug"]);
    engines.push(engine);
    const fargate = await Fargate.prepare(engine);
    const image = await fargate.push("bench", root, { Cmd: ["sleep", "100000"] });
    const definition = await fargate.define([{ image }]);
    places.push({ tier, fargate, definition, first: await launch(fargate, definition), samples: [] as Phases[] });
  }
  await docker.start(root);
  await ctr.start(root);
  const peers: [name: string, work: () => Promise<void>, samples: number[]][] = [
    ["docker run -d", () => dockerRun(), []],
    ["ctr run -d", () => ctr.run(), []],
  ];
  let dockerId = "";
  const dockerRun = async () => {
    const limits = ["--cpus", "0.25", "--memory", "512m", "--ulimit", "nofile=20000:20000"];
    dockerId = (await docker.run("run", "-d", "--network", "bench", ...limits, "bench:latest")).stdout.trim();
  };
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const { fargate, definition, samples } of places) samples.push(await launch(fargate, definition));
    for (const [, work, samples] of peers) samples.push(await measure(work));
    await docker.run("rm", "-f", dockerId);
    await ctr.remove();
    process.stderr.write(`\r${sample + 1}/${SAMPLES} `);
  }
  const rows = [["", "p50 ms", "p90 ms", "max ms"]];
  for (const { tier, first, samples } of places) {
    rows.push(row(`${tier}: image, the first time`, [first.image]));
    for (const phase of PHASES)
      rows.push(
        row(
          `${tier}: ${phase}`,
          samples.map((phases) => phases[phase]),
        ),
      );
  }
  for (const [name, , samples] of peers) rows.push(row(name, samples));
  console.log(table(rows));
} finally {
  await ctr.stop();
  await docker.stop();
  for (const engine of engines) await engine.stop();
  rmSync(root, { recursive: true, force: true });
}
