/**
 * Where the time of a launch goes, on each isolation tier, beside `docker run -d` and `ctr run -d` of the same image, turn
 * by turn in one run. The image is there, but for the last rows: launches of images of 20 MB that nobody has had yet.
 *
 *     node bench/launch.ts [samples]
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { TestEngine } from "../test/support/engine.ts";
import { Fargate } from "../test/support/fargate.ts";
import { busyboxRoot } from "../test/support/images.ts";
import { tiersHere } from "../test/support/tiers.ts";
import { ContainerdPeer } from "./containerd.ts";
import { Docker } from "./docker.ts";
import { percentiles, table } from "./report.ts";

const SAMPLES = Number(process.argv[2] ?? 30);
/** Images that are fetched. */
const FRESH = Math.ceil(SAMPLES / 3);
const FRESH_BYTES = 20 * 2 ** 20;
/** Between two looks at a task: adds up to this to our time. */
const POLL_MS = 5;
/** In their order; network and image are side by side. */
const PHASES = ["network", "resolve", "create", "start", "RunTask → RUNNING"] as const;
/** Of an image that is not there. */
const FETCHING = ["resolve", "fetch", "unpack", "RunTask → RUNNING"] as const;
type Phases = Record<(typeof PHASES)[number] | (typeof FETCHING)[number], number>;

interface LogLine {
  msg: string;
  container?: string;
  image?: string;
  ms?: number;
  fetchMs?: number;
  unpackMs?: number;
}

/** What the engine's log says last of something. */
function logged(engine: TestEngine, message: string, about: Partial<LogLine> = {}): LogLine | undefined {
  const lines = readFileSync(join(engine.dataFolder, "engine.log"), "utf8").split("\n").filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as LogLine)
    .findLast((line) => line.msg === message && isDeepStrictEqual({ ...line, ...about }, line));
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
  const { engine } = fargate;
  const container = task!.containers![0]!.runtimeId!;
  const phases = {
    network: between(task!.createdAt, task!.connectivityAt),
    resolve: logged(engine, "image resolved")?.ms ?? Number.NaN,
    fetch: logged(engine, "layers fetched and unpacked")?.fetchMs ?? Number.NaN,
    unpack: logged(engine, "layers fetched and unpacked")?.unpackMs ?? Number.NaN,
    create: logged(engine, "container created", { container })?.ms ?? Number.NaN,
    start: logged(engine, "container started", { container })?.ms ?? Number.NaN,
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
    await launch(fargate, definition);
    places.push({ tier, fargate, definition, samples: [] as Phases[], fresh: [] as Phases[] });
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
  for (let sample = 0; sample < FRESH; sample++) {
    for (const { fargate, fresh } of places) {
      writeFileSync(join(root, "payload"), randomBytes(FRESH_BYTES));
      const image = await fargate.push(`fresh${sample}`, root, { Cmd: ["sleep", "100000"] });
      fresh.push(await launch(fargate, await fargate.define([{ image }])));
    }
    process.stderr.write(`\r${sample + 1}/${FRESH} fetched `);
  }
  const rows = [["", "p50 ms", "p90 ms", "max ms"]];
  for (const { tier, samples, fresh } of places) {
    for (const phase of FETCHING)
      rows.push(
        row(
          `${tier}, image not there: ${phase}`,
          fresh.map((phases) => phases[phase]),
        ),
      );
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
