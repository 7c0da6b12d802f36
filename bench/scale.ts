/**
 * The ECS scheduler with many services on simulated compute: how fast they start, how much memory the engine takes, how
 * long its event loop and its API keep others waiting, at rest and during roll-outs, and how long a restart takes after
 * `kill -9`.
 *
 *     node bench/scale.ts [services] [tasks in each]
 */
import { readFileSync, rmSync } from "node:fs";
import {
  AssociateVpcCidrBlockCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import { run } from "../src/base/command.ts";
import { TestEngine } from "../test/support/engine.ts";
import { percentiles, table } from "./report.ts";

const SERVICES = Number(process.argv[2] ?? 5000);
const TASKS = Number(process.argv[3] ?? 20);
const CLUSTER = "scale";
/** Services that are created side by side. */
const AT_ONCE = 8;
/** Of each call, at rest and during the roll-outs. */
const SAMPLES = 100;
const ROLLING = Math.min(100, SERVICES);
/** DescribeServices takes so many. */
const DESCRIBED = 10;
const REST_MS = 10_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (ms: number) => (ms / 1000).toFixed(1);
const nameOf = (index: number) => `service-${index}`;

function progress(text: string): void {
  process.stderr.write(`\r\u001B[K${text}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Does something for each index, some side by side; how long each took, milliseconds. */
async function forEachIndex(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      times.push(await timed(() => work(index)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return times;
}

/** What the engine says of itself since the last look. */
async function metrics(engine: TestEngine): Promise<(name: string) => number> {
  const text = await (await fetch(`${engine.endpoint}/_neargate/metrics`)).text();
  const values = new Map(
    text
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => line.split(" ") as [string, string]),
  );
  return (name) => Number(values.get(name) ?? Number.NaN);
}

const delays = (value: (name: string) => number, name: string) =>
  ["0.5", "0.99", "1"].map((quantile) => (value(`${name}{quantile="${quantile}"}`) * 1000).toFixed(1));

async function runningTasks(engine: TestEngine): Promise<number> {
  const health = (await (await fetch(`${engine.endpoint}/_neargate/health`)).json()) as { tasks: { running: number } };
  return health.tasks.running;
}

/** The engine's resident memory in MiB: now, and at its most. */
function residentMiB(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const value = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return { now: value("VmRSS"), most: value("VmHWM") };
}

/** Seconds of processor time that the engine has used. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A VPC with room for all tasks, and as many again: a /16 in each of three zones. */
async function makeSubnets({ ec2 }: ReturnType<TestEngine["clients"]>): Promise<string[]> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const zones = (await ec2.send(new DescribeAvailabilityZonesCommand({}))).AvailabilityZones!.slice(0, 3);
  const subnets: string[] = [];
  for (const [index, zone] of zones.entries()) {
    const CidrBlock = `10.${index}.0.0/16`;
    if (index > 0) await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: Vpc!.VpcId, CidrBlock }));
    const place = { VpcId: Vpc!.VpcId, CidrBlock, AvailabilityZone: zone.ZoneName };
    subnets.push((await ec2.send(new CreateSubnetCommand(place))).Subnet!.SubnetId!);
  }
  return subnets;
}

/** Waits until the deployments of the first so many services are completed. */
async function rolledOut(ecs: ECSClient, count: number): Promise<void> {
  for (let done = 0; done < count;) {
    const names = Array.from({ length: Math.min(DESCRIBED, count - done) }, (_, index) => nameOf(done + index));
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: names }));
    const isDone = services!.every(
      ({ deployments }) => deployments!.length === 1 && deployments![0]!.rolloutState === "COMPLETED",
    );
    if (isDone) done += names.length;
    else await sleep(500);
    progress(`${done} of ${count} deployments completed`);
  }
}

/** How long the calls of a busy client take, milliseconds, turn by turn. `goOn` ends it early. */
async function sampleCalls(ecs: ECSClient, goOn: () => boolean): Promise<Map<string, number[]>> {
  const listed = await ecs.send(new ListTasksCommand({ cluster: CLUSTER }));
  const calls: Record<string, (index: number) => Promise<unknown>> = {
    "DescribeServices of 10": (index) => {
      const names = Array.from({ length: DESCRIBED }, (_, at) => nameOf((index * DESCRIBED + at) % SERVICES));
      return ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [...new Set(names)] }));
    },
    "ListTasks of the cluster": () => ecs.send(new ListTasksCommand({ cluster: CLUSTER })),
    "ListTasks of a service": (index) =>
      ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: nameOf(index % SERVICES) })),
    "DescribeTasks of 100": () => ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: listed.taskArns })),
    // Changes nothing that needs other tasks.
    UpdateService: (index) => {
      const service = nameOf(SERVICES - 1 - (index % SERVICES));
      return ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount: TASKS }));
    },
  };
  const times = new Map<string, number[]>();
  for (let index = 0; index < SAMPLES && goOn(); index++)
    for (const [name, call] of Object.entries(calls))
      times.set(name, [...(times.get(name) ?? []), await timed(() => call(index))]);
  return times;
}

const engine = await TestEngine.start(["--compute", "simulated"]);
try {
  const atStart = residentMiB(engine.pid).now;
  const clients = engine.clients();
  const { ecs } = clients;
  const subnets = await makeSubnets(clients);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "scale",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "app", image: "simulated.example/app:1", portMappings: [{ containerPort: 80 }] }],
    }),
  );
  await metrics(engine);

  const began = performance.now();
  const creation = forEachIndex(SERVICES, (index) =>
    ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: nameOf(index),
        taskDefinition: "scale",
        desiredCount: TASKS,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets } },
      }),
    ),
  );
  for (let running = 0; running < SERVICES * TASKS; running = await runningTasks(engine)) {
    progress(`${running} tasks run after ${seconds(performance.now() - began)} s`);
    await sleep(1000);
  }
  const startMs = performance.now() - began;
  const creationTimes = await creation;
  await rolledOut(ecs, SERVICES);
  const steadyMs = performance.now() - began;
  const starting = await metrics(engine);
  const processor = processorSeconds(engine.pid);
  const most = residentMiB(engine.pid).most;

  progress("at rest");
  await sleep(REST_MS);
  await metrics(engine);
  await sleep(REST_MS);
  const resting = await metrics(engine);
  const atRest = residentMiB(engine.pid).now;
  const restingCalls = await sampleCalls(ecs, () => true);
  const called = await metrics(engine);

  progress("rolling out");
  const rollingBegan = performance.now();
  await forEachIndex(ROLLING, (index) =>
    ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: nameOf(index), forceNewDeployment: true })),
  );
  let rollsOut = true;
  const rollOut = rolledOut(ecs, ROLLING).finally(() => (rollsOut = false));
  const rollingCalls = await sampleCalls(ecs, () => rollsOut);
  await rollOut;
  const rollingMs = performance.now() - rollingBegan;
  const rolling = await metrics(engine);

  progress("restarting");
  const { stdout: size } = await run("du", ["-sm", engine.dataFolder]);
  await engine.kill();
  const restartBegan = performance.now();
  await engine.up();
  await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [nameOf(0)] }));
  const restartMs = performance.now() - restartBegan;
  const afterRestart = await runningTasks(engine);
  progress("");

  const rows = [
    ["services × tasks", `${SERVICES} × ${TASKS}`],
    ["all tasks RUNNING after, s", seconds(startMs)],
    ["tasks started per second", ((SERVICES * TASKS) / (startMs / 1000)).toFixed(0)],
    ["all deployments COMPLETED after, s", seconds(steadyMs)],
    ["processor time of the engine until then, s", processor.toFixed(0)],
    [
      "engine, resident, MiB: after start, at most, at rest",
      `${atStart.toFixed(0)}, ${most.toFixed(0)}, ${atRest.toFixed(0)}`,
    ],
    [`${ROLLING} roll-outs side by side, s`, seconds(rollingMs)],
    ["API back after kill -9, s", seconds(restartMs)],
    ["tasks RUNNING then", String(afterRestart)],
    ["data folder, MiB", size.split("\t")[0]!],
  ];
  console.log(table([["what", "measured"], ...rows]));
  const phases = { starting, "at rest": resting, "at rest, with calls": called, "rolling out": rolling };
  console.log(
    `\n${table([
      ["ms", "event loop p50", "p99", "max", "a service's round p50", "p99", "max", "rounds"],
      ...Object.entries(phases).map(([name, value]) => [
        name,
        ...delays(value, "neargate_event_loop_delay_seconds"),
        ...delays(value, "neargate_service_round_seconds"),
        String(value("neargate_service_round_seconds_count")),
      ]),
    ])}`,
  );
  console.log(
    `\n${table([
      ["call, ms", "p50", "p90", "max"],
      ["CreateService, 8 at once, while tasks start", ...percentiles(creationTimes).cells],
      ...[...restingCalls].map(([name, times]) => [`${name}, at rest`, ...percentiles(times).cells]),
      ...[...rollingCalls].map(([name, times]) => [`${name}, rolling out`, ...percentiles(times).cells]),
    ])}`,
  );
} finally {
  // To stop all tasks one by one would take as long as to start them, and there is nothing on the host.
  await engine.kill();
  rmSync(engine.dataFolder, { recursive: true, force: true });
  rmSync(`${engine.dataFolder}.key`, { force: true });
}
