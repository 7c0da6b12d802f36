import { describe, expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import type { ComputeBackend } from "../compute/backend.ts";
import { ContainerStopper } from "./container-stopper.ts";
import { chooseSpotTasks, withInterruption } from "./interruption.ts";
import type { TaskRecord } from "./task-record.ts";

const CLUSTER = "arn:aws:ecs:eu-west-1:000000000000:cluster/test";

function task(taskId: string, more: Partial<TaskRecord> = {}): TaskRecord {
  return {
    taskId,
    taskArn: `${CLUSTER.replace(":cluster/", ":task/")}/${taskId}`,
    clusterArn: CLUSTER,
    group: "service:web",
    capacityProvider: "FARGATE_SPOT",
    desiredStatus: "RUNNING",
    createdAt: new Date(1000),
    definition: { containerDefinitions: [{ name: "app", stopTimeout: 30 }] },
    containers: [{ id: "c", name: "app", phase: "RUNNING" }],
    ...more,
  } as TaskRecord;
}

describe("which tasks", () => {
  const running = [
    task("young", { createdAt: new Date(3000) }),
    task("old", { createdAt: new Date(1000) }),
    task("other", { group: "service:other", createdAt: new Date(2000) }),
    task("alone", { group: "family:web", createdAt: new Date(4000) }),
    task("demand", { capacityProvider: "FARGATE", createdAt: new Date(500) }),
    task("type", { capacityProvider: undefined, createdAt: new Date(500) } as Partial<TaskRecord>),
  ];
  test.each([
    [{}, ["old", "other", "young", "alone"]],
    [{ count: 2 }, ["old", "other"]],
    [{ service: "web" }, ["old", "young"]],
    [{ service: "test/web", count: 1 }, ["old"]],
    [{ service: "elsewhere/web" }, []],
    [{ service: "arn:aws:ecs:eu-west-1:000000000000:service/test/other" }, ["other"]],
    [{ service: "arn:aws:ecs:eu-west-2:000000000000:service/test/other" }, []],
    [{ tasks: ["alone", running[0]!.taskArn, "alone"] }, ["alone", "young"]],
  ])("%o", (choice, ids) => {
    expect(chooseSpotTasks(running, choice).map(({ taskId }) => taskId)).toEqual(ids);
  });

  test("on demand, and those that do not run, cannot be named", () => {
    expect(() => chooseSpotTasks(running, { tasks: ["demand"] })).toThrow("task demand does not run on FARGATE_SPOT");
    expect(() => chooseSpotTasks(running, { tasks: ["none"] })).toThrow("no task none runs");
  });
});

test("a task that stops already keeps its reason", () => {
  expect(withInterruption(task("t", { desiredStatus: "STOPPED", stopCode: "UserInitiated" }), new Date(5))).toBe(
    undefined,
  );
});

describe("SIGTERM at once, SIGKILL after stopTimeout or when the capacity is gone", () => {
  function stopper() {
    const world = { now: 1_000_000, signals: [] as string[] };
    const clock = { now: () => world.now, monotonic: () => world.now } as Clock;
    const compute = {
      killContainer: async (_id: string, signal: string) => void world.signals.push(signal),
    } as unknown as ComputeBackend;
    return { world, stopper: new ContainerStopper({ clock, compute, log: silentLogger }) };
  }
  const interrupted = (inMs: number) => withInterruption(task("t"), new Date(1_000_000 + inMs))!;
  const [container] = task("t").containers;

  test.each([
    { inMs: 120_000, waits: 30_000 },
    { inMs: 10_000, waits: 10_000 },
  ])("capacity for $inMs ms: $waits ms", async ({ inMs, waits }) => {
    const { world, stopper: one } = stopper();
    const warned = interrupted(inMs);
    expect(await one.signal(warned, container!)).toBe(waits);
    expect(one.timeLeft(warned, container!)).toBe(waits);
    world.now += waits;
    expect(one.timeLeft(warned, container!)).toBe(0);
    await one.signal(warned, container!);
    expect(world.signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  test("after a crash the rest of the time, and nothing more when it is over", async () => {
    const { world, stopper: one } = stopper();
    const warned = interrupted(10_000);
    world.now += 4000;
    expect(await one.signal(warned, container!)).toBe(6000);
    const { world: later, stopper: again } = stopper();
    later.now += 11_000;
    await again.signal(warned, container!);
    expect(later.signals).toEqual(["SIGKILL"]);
  });
});
