import { describe, expect, test } from "vitest";
import {
  deploymentBounds,
  planService,
  spreadOverZones,
  startThrottleMs,
  type PlanInput,
  type PlanTask,
} from "./service-plan.ts";

const NOW = 1_000_000;
let serial = 0;
function tasks(count: number, deploymentId: string, changes: Partial<PlanTask> = {}): PlanTask[] {
  return Array.from({ length: count }, () => ({
    taskId: `t${serial++}`,
    deploymentId,
    zone: "a",
    phase: "running",
    health: "none",
    createdAt: NOW - 100_000,
    startedAt: NOW - 90_000,
    ...changes,
  }));
}
function plan(changes: Partial<PlanInput>) {
  return planService({
    desiredCount: 1,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    primaryId: "new",
    primaryMayStart: true,
    nextStartAt: 0,
    gracePeriodMs: 0,
    healthyAfterMs: 40_000,
    tasks: [],
    now: NOW,
    ...changes,
  });
}
const young = { startedAt: NOW - 1000 };
const pending = { phase: "pending" as const, startedAt: undefined };

test.each([
  [1, 100, 200, 1, 2],
  [4, 50, 100, 2, 4],
  [4, 100, 150, 4, 6],
  [3, 100, 150, 3, 4],
  [5, 66, 150, 4, 7],
  [1, 0, 100, 0, 1],
])("bounds of %i tasks at %i/%i %%", (desiredCount, minimumHealthyPercent, maximumPercent, minimum, maximum) => {
  expect(deploymentBounds({ desiredCount, minimumHealthyPercent, maximumPercent })).toEqual({ minimum, maximum });
});

describe("a steady service", () => {
  test("starts what is missing, pending ones counted", () => {
    expect(plan({ desiredCount: 3 }).start).toBe(3);
    expect(plan({ desiredCount: 3, tasks: [...tasks(1, "new"), ...tasks(1, "new", pending)] }).start).toBe(1);
  });
  test("waits with the replacement of one that failed until that was counted", () => {
    const failing = tasks(1, "new", { phase: "stopping", isFailing: true });
    expect(plan({ desiredCount: 3, tasks: [...tasks(1, "new"), ...failing] }).start).toBe(1);
    const others = tasks(1, "old", { phase: "stopping", isFailing: true });
    expect(plan({ desiredCount: 3, tasks: [...tasks(1, "new"), ...others] }).start).toBe(2);
  });
  test("replaces one that stops at once", () => {
    expect(
      plan({ desiredCount: 2, tasks: [...tasks(1, "new"), ...tasks(1, "new", { phase: "stopping" })] }).start,
    ).toBe(1);
  });
  test("is complete only when tasks have run 40 seconds, or are HEALTHY", () => {
    const early = plan({ tasks: tasks(1, "new", young) });
    expect(early).toMatchObject({ complete: false, lookAgainAt: NOW + 39_000, start: 0, stop: [] });
    expect(plan({ tasks: tasks(1, "new") }).complete).toBe(true);
    expect(plan({ tasks: tasks(1, "new", { ...young, health: "healthy" }) }).complete).toBe(true);
    expect(plan({ tasks: tasks(1, "new", { health: "unknown" }) }).complete).toBe(false);
  });
  test("an empty service is complete", () => {
    expect(plan({ desiredCount: 0 })).toMatchObject({ complete: true, start: 0 });
  });
  test("scales in: pending first, then the fullest zone, then the youngest", () => {
    const [old] = tasks(1, "new", { zone: "a", createdAt: 1 });
    const [youngest] = tasks(1, "new", { zone: "a", createdAt: 9 });
    const [other] = tasks(1, "new", { zone: "b", createdAt: 5 });
    const [waiting] = tasks(1, "new", { ...pending, zone: "b" });
    const all = [old!, youngest!, other!, waiting!];
    expect(plan({ desiredCount: 2, tasks: all }).stop.map((one) => one.taskId)).toEqual([
      waiting!.taskId,
      youngest!.taskId,
    ]);
  });
  test("waits before the next start when throttled", () => {
    expect(plan({ nextStartAt: NOW + 5 })).toMatchObject({ start: 0, lookAgainAt: NOW + 5 });
  });
});

describe("an unhealthy task", () => {
  const sick = { health: "unhealthy" as const };
  test("is replaced start-first, and stopped when the replacement is healthy", () => {
    const bad = tasks(1, "new", sick);
    expect(plan({ tasks: bad })).toMatchObject({ start: 1, stop: [] });
    expect(plan({ tasks: [...bad, ...tasks(1, "new", { health: "unknown" })] })).toMatchObject({ start: 0, stop: [] });
    expect(plan({ tasks: [...bad, ...tasks(1, "new", { health: "healthy" })] })).toMatchObject({
      start: 0,
      stop: [{ taskId: bad[0]!.taskId, cause: "unhealthy" }],
    });
  });
  test("goes first when the maximum allows no more", () => {
    const bad = tasks(1, "new", sick);
    expect(plan({ minimumHealthyPercent: 0, maximumPercent: 100, tasks: bad })).toMatchObject({
      stop: [{ taskId: bad[0]!.taskId, cause: "unhealthy" }],
      start: 1,
    });
  });
  test("goes first when old tasks leave no room, one at a time, as far as enough are healthy", () => {
    const bad = tasks(3, "new", sick);
    const old = tasks(3, "old");
    const one = { start: 1, stop: [{ taskId: bad[0]!.taskId, cause: "unhealthy" }] };
    expect(plan({ desiredCount: 3, tasks: [...bad, ...old] })).toMatchObject(one);
    const rest = [...bad.slice(0, 1), ...tasks(2, "new", pending)];
    expect(plan({ desiredCount: 3, tasks: [...rest, ...old] })).toMatchObject(one);
    const early = tasks(3, "old", young);
    expect(plan({ desiredCount: 3, tasks: [...rest, ...early] })).toMatchObject({ start: 0, stop: [] });
    const failed = { desiredCount: 3, primaryMayStart: false, tasks: [...bad, ...old] };
    expect(plan(failed)).toMatchObject({ start: 0, stop: [] });
  });
  test("is left alone in the grace period", () => {
    expect(plan({ gracePeriodMs: 100_000, tasks: tasks(1, "new", sick) })).toMatchObject({
      start: 0,
      stop: [],
      lookAgainAt: NOW + 10_000,
    });
  });
});

describe("a task that retires", () => {
  const due = { retireAt: NOW };
  test("is replaced start-first, and stopped when the replacement is healthy", () => {
    const [retiring] = tasks(1, "new", due);
    expect(plan({ tasks: [retiring!] })).toMatchObject({ start: 1, stop: [], complete: false });
    expect(plan({ tasks: [retiring!, ...tasks(1, "new", young)] })).toMatchObject({ start: 0, stop: [] });
    expect(plan({ tasks: [retiring!, ...tasks(1, "new")] }).stop).toEqual([
      { taskId: retiring!.taskId, cause: "maintenance" },
    ]);
  });
  test("goes first when the maximum allows no more", () => {
    const retiring = tasks(2, "new", due);
    const { start, stop } = plan({ desiredCount: 2, minimumHealthyPercent: 50, maximumPercent: 100, tasks: retiring });
    expect({ start, stop }).toEqual({ start: 1, stop: [{ taskId: retiring[0]!.taskId, cause: "maintenance" }] });
  });
  test("is looked at again when its time comes", () => {
    const later = plan({ tasks: tasks(1, "new", { retireAt: NOW + 5000 }) });
    expect(later).toMatchObject({ start: 0, stop: [], complete: true, lookAgainAt: NOW + 5000 });
  });
});

describe("a rolling deployment", () => {
  test("100/200: starts all, and stops the old when the new have run 40 seconds", () => {
    const old = tasks(2, "old");
    expect(plan({ desiredCount: 2, tasks: old })).toMatchObject({ start: 2, stop: [] });
    expect(plan({ desiredCount: 2, tasks: [...old, ...tasks(2, "new", young)] })).toMatchObject({ start: 0, stop: [] });
    expect(plan({ desiredCount: 2, tasks: [...old, ...tasks(2, "new")] }).stop).toHaveLength(2);
    expect(plan({ desiredCount: 2, tasks: [...old, ...tasks(1, "new"), ...tasks(1, "new", young)] }).stop).toHaveLength(
      1,
    );
  });
  test("50/100: stops half, then starts half", () => {
    const old = tasks(4, "old");
    expect(plan({ desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100, tasks: old })).toMatchObject({
      start: 2,
    });
    expect(plan({ desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100, tasks: old }).stop).toHaveLength(2);
    const half = [...tasks(2, "old"), ...tasks(2, "old", { phase: "stopping" })];
    expect(plan({ desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100, tasks: half })).toMatchObject({
      start: 2,
      stop: [],
    });
  });
  test("100/150: at most the maximum exist at a time", () => {
    expect(plan({ desiredCount: 4, maximumPercent: 150, tasks: tasks(4, "old") }).start).toBe(2);
    expect(plan({ desiredCount: 3, maximumPercent: 150, tasks: tasks(3, "old") }).start).toBe(1);
  });
  test("0/100: the only task makes room", () => {
    expect(plan({ minimumHealthyPercent: 0, maximumPercent: 100, tasks: tasks(1, "old") })).toMatchObject({ start: 1 });
    expect(plan({ minimumHealthyPercent: 0, maximumPercent: 100, tasks: tasks(1, "old") }).stop).toHaveLength(1);
  });
  test("100/100 cannot move, and says so", () => {
    expect(plan({ maximumPercent: 100, tasks: tasks(1, "old") })).toMatchObject({ start: 0, stop: [], stuck: true });
  });
  test("old tasks that serve nobody go at once", () => {
    const waiting = tasks(1, "old", pending);
    expect(plan({ desiredCount: 2, tasks: [...tasks(1, "old"), ...waiting] }).stop).toEqual([
      { taskId: waiting[0]!.taskId, cause: "scaling" },
    ]);
  });
  test("a failed primary starts nothing and takes nothing away", () => {
    expect(plan({ primaryMayStart: false, desiredCount: 2, tasks: tasks(2, "old") })).toMatchObject({
      start: 0,
      stop: [],
    });
  });
  test("a failed primary does not keep a service from being scaled in", () => {
    const old = tasks(3, "old");
    expect(plan({ primaryMayStart: false, desiredCount: 1, tasks: old }).stop).toHaveLength(2);
    expect(plan({ primaryMayStart: false, desiredCount: 0, tasks: [...old, ...tasks(1, "new")] }).stop).toHaveLength(4);
  });
  test("of two that are replaced, the one that is not healthy yet goes first and does not count", () => {
    const serving = tasks(2, "old", { zone: "a" });
    const early = tasks(2, "middle", { ...young, zone: "b" });
    const { stop } = plan({ desiredCount: 2, tasks: [...serving, ...early] });
    expect(stop.map(({ taskId }) => taskId)).toEqual(early.map(({ taskId }) => taskId));
    // Those in the fullest zone would go, had they not to stay.
    const spread = tasks(1, "middle", { ...young, zone: "b" });
    const [first] = plan({ desiredCount: 2, tasks: [...serving, ...spread] }).stop;
    expect(first!.taskId).toBe(spread[0]!.taskId);
  });
  test("is complete when the last old task has ended", () => {
    expect(plan({ tasks: [...tasks(1, "new"), ...tasks(1, "old", { phase: "stopping" })] }).complete).toBe(false);
    expect(plan({ tasks: tasks(1, "new") }).complete).toBe(true);
  });
});

describe("protected tasks", () => {
  const guarded = { protectedUntil: NOW + 60_000 };
  const ids = (stopped: readonly { taskId: string }[]) => stopped.map(({ taskId }) => taskId);

  test("survive scale-in, and the others go in their place", () => {
    const [kept, gone] = [tasks(1, "new", { ...guarded, createdAt: NOW }), tasks(1, "new")];
    const all = [...kept, ...gone];
    expect(ids(plan({ desiredCount: 1, tasks: all }).stop)).toEqual(ids(gone));
    expect(plan({ desiredCount: 0, tasks: kept })).toMatchObject({
      stop: [],
      blocked: true,
      lookAgainAt: NOW + 60_000,
    });
    expect(plan({ desiredCount: 0, tasks: kept, now: NOW + 60_000 })).toMatchObject({ blocked: false });
    expect(ids(plan({ desiredCount: 0, tasks: kept, now: NOW + 60_000 }).stop)).toEqual(ids(kept));
  });

  test("hold a deployment up, and count as what it has", () => {
    const [old, guardedOld] = [tasks(1, "old"), tasks(1, "old", guarded)];
    const held = plan({ desiredCount: 2, tasks: [...old, ...guardedOld, ...tasks(2, "new")] });
    expect(ids(held.stop)).toEqual(ids(old));
    expect(held).toMatchObject({ complete: false, blocked: false });
    expect(plan({ minimumHealthyPercent: 0, maximumPercent: 100, tasks: guardedOld })).toMatchObject({
      start: 0,
      stop: [],
    });
    expect(plan({ minimumHealthyPercent: 0, maximumPercent: 200, tasks: guardedOld }).start).toBe(1);
  });

  test("are left alone while they start, and not when they are unhealthy", () => {
    expect(plan({ tasks: [...tasks(1, "old", { ...pending, ...guarded }), ...tasks(1, "new")] }).stop).toEqual([]);
    const sick = tasks(1, "new", { ...guarded, health: "unhealthy" });
    expect(ids(plan({ tasks: [...sick, ...tasks(1, "new", { health: "healthy" })] }).stop)).toEqual(ids(sick));
  });
});

describe("a capacity provider strategy", () => {
  const strategy = [
    { capacityProvider: "FARGATE", base: 1, weight: 1 },
    { capacityProvider: "FARGATE_SPOT", base: 0, weight: 3 },
  ];
  const on = (count: number, capacityProvider: string, changes: Partial<PlanTask> = {}) =>
    tasks(count, "new", { capacityProvider, ...changes });
  const mix = (onDemand: number, spot: number) => [...on(onDemand, "FARGATE"), ...on(spot, "FARGATE_SPOT")];
  const stopped = (of: readonly PlanTask[], stop: readonly { taskId: string }[]) =>
    stop.map(({ taskId }) => of.find((task) => task.taskId === taskId)!.capacityProvider).sort();

  test("says where each new task goes, others of the deployment counted, old ones not", () => {
    expect(plan({ strategy, desiredCount: 3 }).capacityProviders).toEqual(["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT"]);
    expect(plan({ strategy, desiredCount: 5, tasks: mix(2, 2) }).capacityProviders).toEqual(["FARGATE_SPOT"]);
    const old = tasks(4, "old", { capacityProvider: "FARGATE" });
    expect(plan({ strategy, desiredCount: 2, maximumPercent: 400, tasks: old }).capacityProviders).toEqual([
      "FARGATE",
      "FARGATE_SPOT",
    ]);
    expect(plan({ desiredCount: 3 }).capacityProviders).toEqual([]);
  });
  test("an unhealthy or interrupted task is replaced where it was", () => {
    const sick = on(1, "FARGATE", { health: "unhealthy" });
    expect(plan({ strategy, desiredCount: 3, tasks: [...sick, ...mix(0, 2)] }).capacityProviders).toEqual(["FARGATE"]);
    const gone = on(1, "FARGATE_SPOT", { phase: "stopping" });
    expect(plan({ strategy, desiredCount: 3, tasks: [...gone, ...mix(1, 1)] }).capacityProviders).toEqual([
      "FARGATE_SPOT",
    ]);
  });
  test("scaling in leaves what the strategy would have made", () => {
    const all = mix(3, 6);
    expect(stopped(all, plan({ strategy, desiredCount: 3, tasks: all }).stop)).toEqual([
      ...Array<string>(2).fill("FARGATE"),
      ...Array<string>(4).fill("FARGATE_SPOT"),
    ]);
    expect(stopped(all, plan({ strategy, desiredCount: 8, tasks: all }).stop)).toEqual(["FARGATE_SPOT"]);
  });
  test("scaling in takes pending tasks of the right provider first", () => {
    const all = [...mix(1, 1), ...on(1, "FARGATE_SPOT", pending), ...on(1, "FARGATE", pending)];
    const { stop } = plan({ strategy, desiredCount: 3, tasks: all });
    expect(stop.map(({ taskId }) => all.findIndex((task) => task.taskId === taskId))).toEqual([3]);
  });
});

test("new tasks are spread over zones", () => {
  expect(spreadOverZones(["a", "b", "c"], [{ zone: "a" }, { zone: "a" }, { zone: "b" }], 4)).toEqual([
    "c",
    "b",
    "c",
    "a",
  ]);
});

test("start failures slow the scheduler down to 15 minutes", () => {
  expect([0, 1, 2, 3, 20].map(startThrottleMs)).toEqual([0, 10_000, 20_000, 40_000, 900_000]);
});

describe("a task that moves to another zone", () => {
  const from = { taskId: "from", zone: "a" };
  const moving = (arriving: Partial<PlanTask>, leaving: Partial<PlanTask> = {}, desiredCount = 2) =>
    plan({
      desiredCount,
      tasks: [
        ...tasks(1, "new", { zone: "a", taskId: "stays" }),
        ...tasks(1, "new", { ...from, ...leaving }),
        ...tasks(1, "new", { zone: "b", taskId: "arrives", ...arriving }),
      ],
      moves: [{ taskId: "arrives", from: "from" }],
    });

  test("is one too many until it is healthy", () => {
    expect(moving(pending)).toMatchObject({ start: 0, stop: [], complete: false });
  });

  test("has the other stopped then", () => {
    expect(moving({}).stop).toEqual([{ taskId: "from", cause: "rebalancing" }]);
  });

  test("takes the place of one that ended meanwhile", () => {
    expect(moving(pending, { phase: "stopping" })).toMatchObject({
      start: 0,
      stop: [],
    });
  });

  test("does not drive out one that was protected meanwhile", () => {
    expect(moving({}, { protectedUntil: NOW + 1 }).stop).toEqual([]);
  });

  test("is the first to go when there are to be fewer", () => {
    expect(moving(pending, {}, 1).stop).toEqual([{ taskId: "arrives", cause: "scaling" }]);
  });
});
