import pino from "pino";
import { expect, test } from "vitest";
import type { Clock } from "../../../base/clock.ts";
import type { ContainerUsage } from "../../../compute/usage.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { ServiceDatum } from "../../cloudwatch/service-data.ts";
import { ServiceMetrics } from "./service-metrics.ts";

const MIB = 1024 ** 2;
const START = Date.UTC(2026, 0, 1);

/** A task of half a vCPU and 512 MiB. */
function task(taskId: string, containers: string[], more: Partial<TaskRecord> = {}): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId,
    clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/shop",
    startedBy: "ecs-svc/1",
    group: "service:web",
    cpu: 512,
    memoryMiB: 512,
    containers: containers.map((id) => ({ id })),
    ...more,
  } as TaskRecord;
}

/** Seconds of CPU time, MiB of memory and of caches among it. */
function usage(cpuSeconds: number, memory: number, cache: number): ContainerUsage {
  return {
    cpu: { total: cpuSeconds * 1e9 },
    memory: { usage: memory * MIB, stats: { cache: cache * MIB } },
  } as unknown as ContainerUsage;
}

function kit(running: TaskRecord[]) {
  let now = START;
  const counters = new Map<string, ContainerUsage>();
  const published: ServiceDatum[] = [];
  const metrics = new ServiceMetrics({
    compute: { usage: async (_, id) => counters.get(id) },
    running: async () => running,
    publish: (_scope, namespace, data) => {
      expect(namespace).toBe("AWS/ECS");
      published.push(...data);
    },
    clock: { now: () => now } as Clock,
    log: pino({ level: "silent" }),
  });
  const minute = async (values: Record<string, ContainerUsage>) => {
    counters.clear();
    for (const [id, value] of Object.entries(values)) counters.set(id, value);
    published.length = 0;
    await metrics.sample();
    now += 60_000;
    return published.map(({ name, value }) => [name, value]);
  };
  return { minute, published };
}

test("each task of a service has a value of the minute that is over", async () => {
  const { minute, published } = kit([
    task("a", ["a-1", "a-2"]),
    task("b", ["b-1"]),
    task("r", ["r-1"], { startedBy: "me" }),
  ]);
  const first = { "a-1": usage(10, 100, 50), "a-2": usage(0, 10, 0), "b-1": usage(5, 64, 0), "r-1": usage(1, 1, 0) };
  expect(await minute(first)).toEqual([]);
  const second = { "a-1": usage(19, 100, 36), "a-2": usage(3, 64, 0), "b-1": usage(5, 64, 0), "r-1": usage(9, 1, 0) };
  expect(await minute(second)).toEqual([
    ["CPUUtilization", 40],
    ["MemoryUtilization", 25],
    ["CPUUtilization", 0],
    ["MemoryUtilization", 12.5],
  ]);
  expect(published[0]).toMatchObject({
    dimensions: { ClusterName: "shop", ServiceName: "web" },
    at: START,
    unit: "Percent",
  });
});

test("a container that was started again counts from zero; one that is new tells nothing yet", async () => {
  const { minute } = kit([task("a", ["a-1", "a-2"])]);
  await minute({ "a-1": usage(100, 0, 0) });
  expect(await minute({ "a-1": usage(3, 0, 0), "a-2": usage(50, 0, 0) })).toContainEqual(["CPUUtilization", 10]);
  expect(await minute({})).toEqual([]);
});

test("containers of a sandbox show the whole task, which is counted once", async () => {
  const { minute } = kit([task("a", ["a-1", "a-2"], { isolation: "gvisor" })]);
  await minute({ "a-1": usage(0, 128, 0), "a-2": usage(0, 128, 0) });
  expect(await minute({ "a-1": usage(15, 128, 0), "a-2": usage(15, 128, 0) })).toEqual([
    ["CPUUtilization", 50],
    ["MemoryUtilization", 25],
  ]);
});
