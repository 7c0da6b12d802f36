import type { TaskStopCode } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import type { ContainerRecord, TaskRecord } from "../../../tasks/task-record.ts";
import { hasFailed, lastFailedStart, UNHEALTHY_REASON, withEndedTasks } from "./failures.ts";
import type { DeploymentRecord } from "./service-record.ts";

const START = 1_000_000;

const fresh: DeploymentRecord = {
  id: "ecs-svc/1",
  status: "PRIMARY",
  taskDefinition: "web:1",
  platformVersion: "1.4.0",
  network: { subnets: [] },
  rolloutState: "IN_PROGRESS",
  rolloutStateReason: "",
  failedTasks: 0,
  healthyTasks: 0,
  countedUntil: START,
  countedIds: [],
  startFailures: 0,
  nextStartAt: 0,
  imageDigests: {},
  createdAt: new Date(START),
  updatedAt: new Date(START),
};

/** A STOPPED task; times in milliseconds after the deployment's start. */
function stopped(
  taskId: string,
  end: { at: number; ranFrom?: number; exitedAt?: number; code?: TaskStopCode },
): TaskRecord {
  const time = (at: number | undefined) => (at === undefined ? undefined : new Date(START + at));
  const task: Partial<TaskRecord> = {
    taskId,
    stopCode: end.code ?? (end.ranFrom === undefined ? "TaskFailedToStart" : "EssentialContainerExited"),
    stoppedAt: time(end.at)!,
    containers: [],
    ...(end.ranFrom === undefined ? {} : { startedAt: time(end.ranFrom)! }),
    ...(end.exitedAt === undefined ? {} : { executionStoppedAt: time(end.exitedAt)! }),
  };
  return task as TaskRecord;
}

test("the last failure is the one that is told, whatever the order of the tasks", () => {
  const [early, late, ran] = [stopped("z", { at: 1 }), stopped("a", { at: 2 }), stopped("b", { at: 3, ranFrom: 1 })];
  expect(lastFailedStart([late, ran, early])).toBe(late);
  expect(lastFailedStart([ran])).toBeUndefined();
});

describe("each task is counted once", () => {
  const one = stopped("a", { at: 1000 });
  const two = stopped("b", { at: 2000 });

  test("whatever is looked at again", () => {
    const first = withEndedTasks(fresh, [one]);
    expect(first.failedTasks).toBe(1);
    expect(withEndedTasks(first, [one])).toBe(first);
    expect(withEndedTasks(first, [two, one]).failedTasks).toBe(2);
  });

  test("in any order", () => {
    expect(withEndedTasks(fresh, [two, one])).toEqual(withEndedTasks(withEndedTasks(fresh, [one]), [one, two]));
  });

  test("also when two end in the same millisecond and are seen one after the other", () => {
    const twin = stopped("c", { at: 1000 });
    const first = withEndedTasks(fresh, [one]);
    const second = withEndedTasks(first, [one, twin]);
    expect(second).toMatchObject({ failedTasks: 2, countedIds: ["a", "c"] });
    expect(withEndedTasks(second, [twin, one])).toBe(second);
    expect(withEndedTasks(second, [one, twin, two])).toMatchObject({ failedTasks: 3 });
  });

  test("also when the record of an earlier end is written after that of a later one", () => {
    const first = withEndedTasks(fresh, [two]);
    expect(withEndedTasks(first, [two, one]).failedTasks).toBe(2);
    expect(withEndedTasks(withEndedTasks(first, [two, one]), [two, one]).failedTasks).toBe(2);
  });

  test("and nothing from before the deployment", () => {
    expect(withEndedTasks(fresh, [stopped("old", { at: -1 })])).toBe(fresh);
  });
});

describe("tasks that never ran", () => {
  test.each([
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [7, 640_000],
    [8, 900_000],
    [20, 900_000],
  ])("after %i of them in a row the next start waits %i ms", (count, wait) => {
    const tasks = Array.from({ length: count }, (_, index) => stopped(`t${index}`, { at: index + 1 }));
    expect(withEndedTasks(fresh, tasks)).toMatchObject({
      startFailures: count,
      failedTasks: count,
      nextStartAt: START + count + wait,
    });
  });

  test("an earlier, later wait is kept", () => {
    const waiting = { ...fresh, nextStartAt: START + 60_000 };
    expect(withEndedTasks(waiting, [stopped("a", { at: 1 })]).nextStartAt).toBe(START + 60_000);
  });
});

describe("tasks that ran", () => {
  const failing = { ...fresh, startFailures: 3, failedTasks: 3 };

  test("one that ended young failed, and is replaced ten seconds after its start at the earliest", () => {
    const ended = withEndedTasks(failing, [stopped("a", { at: 9000, ranFrom: 5000, exitedAt: 6000 })]);
    expect(ended).toMatchObject({ startFailures: 0, failedTasks: 4, nextStartAt: START + 15_000 });
  });

  test("how long it ran ends with its containers, not with its clean-up", () => {
    const ended = withEndedTasks(failing, [stopped("a", { at: 90_000, ranFrom: 5000, exitedAt: 44_999 })]);
    expect(ended.failedTasks).toBe(4);
  });

  test("one that had been healthy is no failure, and is replaced at once", () => {
    const ended = withEndedTasks(failing, [stopped("a", { at: 46_000, ranFrom: 5000, exitedAt: 45_000 })]);
    expect(ended).toMatchObject({ startFailures: 0, failedTasks: 3, nextStartAt: 0 });
  });
});

test.each<[TaskStopCode]>([["UserInitiated"], ["ServiceSchedulerInitiated"], ["TerminationNotice"]])(
  "a task that was told to stop (%s) is counted as seen, and is no failure",
  (code) => {
    const ended = withEndedTasks(fresh, [
      stopped("a", { at: 1000, code }),
      stopped("b", { at: 1000, code, ranFrom: 1 }),
    ]);
    expect(ended).toEqual({ ...fresh, countedUntil: START + 1000, countedIds: ["a", "b"] });
  },
);

test("a task that failed its health checks is a failure of the deployment, other stops by the scheduler are none", () => {
  const scheduler = (taskId: string, stoppedReason: string) => ({
    ...stopped(taskId, { at: 90_000, ranFrom: 1000, code: "ServiceSchedulerInitiated" }),
    stoppedReason,
  });
  expect(withEndedTasks(fresh, [scheduler("a", UNHEALTHY_REASON)]).failedTasks).toBe(1);
  expect(
    withEndedTasks(fresh, [scheduler("a", "Scaling activity initiated by (deployment ecs-svc/1)")]).failedTasks,
  ).toBe(0);
});

test.each<[what: string, changes: Partial<TaskRecord>, failed: boolean]>([
  ["that never ran", { stopCode: "TaskFailedToStart" }, true],
  ["that ran for a moment", { startedAt: new Date(0), executionStoppedAt: new Date(39_999) }, true],
  ["that ran for long enough", { startedAt: new Date(0), executionStoppedAt: new Date(40_000) }, false],
  [
    "that ran for long enough without ever being healthy",
    {
      startedAt: new Date(0),
      executionStoppedAt: new Date(90_000),
      definition: { containerDefinitions: [{ name: "app", healthCheck: { command: ["CMD", "true"] } }] },
      containers: [{ name: "app", healthStatus: "UNKNOWN" } as ContainerRecord],
    },
    true,
  ],
  ["that somebody stops", { stopCode: "UserInitiated" }, false],
  ["that runs", { stopCode: undefined, startedAt: new Date(0) }, false],
])("a task %s: failed %o", (_, changes, failed) => {
  expect(
    hasFailed({
      stopCode: "EssentialContainerExited",
      containers: [],
      ...changes,
    } as Partial<TaskRecord> as TaskRecord),
  ).toBe(failed);
});
