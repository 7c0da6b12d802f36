import { describe, expect, test } from "vitest";
import type { TaskRecord } from "./task-record.ts";
import {
  withContainerFailure,
  withExit,
  withRunning,
  withStartFailure,
  withStop,
  withVanished,
} from "./transitions.ts";

function task(changes: Partial<TaskRecord> = {}): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId: "t",
    taskArn: "arn:aws:ecs:us-east-1:000000000000:task/default/t",
    clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    definition: { containerDefinitions: [{ name: "app" }, { name: "side", essential: false }] },
    overrides: {},
    group: "family:f",
    platformVersion: "1.4.0",
    cpu: 256,
    memoryMiB: 512,
    tags: [],
    eni: {} as TaskRecord["eni"],
    attachmentId: "a",
    containers: ["app", "side"].map((name) => ({
      id: name,
      containerArn: name,
      name,
      phase: "RUNNING",
      healthStatus: "UNKNOWN",
    })),
    lastStatus: "RUNNING",
    desiredStatus: "RUNNING",
    version: 1,
    createdAt: new Date(0),
    ...changes,
  };
}
const exit = (id: string, exitCode: number, oomKilled = false) => ({
  id,
  taskId: "t",
  exitCode,
  exitedAt: 5000,
  oomKilled,
});

describe("a container ends", () => {
  test("an essential one ends the task", () => {
    expect(withExit(task(), exit("app", 1))).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      executionStoppedAt: new Date(5000),
      containers: [{ phase: "STOPPED", exitCode: 1 }, { phase: "RUNNING" }],
    });
  });
  test("another does not", () => {
    const after = withExit(task(), exit("side", 1));
    expect(after).toMatchObject({
      desiredStatus: "RUNNING",
      containers: [{ phase: "RUNNING" }, { phase: "STOPPED", exitCode: 1 }],
    });
    expect(after.executionStoppedAt).toBeUndefined();
  });
  test("the reason of a stop that was asked for stays", () => {
    const stopping = task({ desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "bye" });
    expect(withExit(stopping, exit("app", 143))).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "bye",
      executionStoppedAt: new Date(5000),
    });
  });
  test("memory is named as the reason", () => {
    expect(withExit(task(), exit("app", 137, true)).containers[0]?.reason).toBe(
      "OutOfMemoryError: Container killed due to memory usage",
    );
  });
  test("only its first end counts", () => {
    const once = withExit(task(), exit("app", 1));
    expect(withExit(once, exit("app", 137))).toBe(once);
  });
});

test("a task that cannot start says why, on the task and on the container", () => {
  const failed = withStartFailure(task(), "CannotPullContainerError: not found", { containerName: "side" });
  expect(failed).toMatchObject({
    desiredStatus: "STOPPED",
    stopCode: "TaskFailedToStart",
    stoppedReason: "CannotPullContainerError: not found",
  });
  expect(failed.containers.map((container) => container.reason)).toEqual([
    undefined,
    "CannotPullContainerError: not found",
  ]);
  expect(withStartFailure(task(), "x".repeat(5000), { containerName: "app" }).stoppedReason).toHaveLength(1024);
});

test("stopping stops what never ran, without an exit code", () => {
  const waiting = task({ containers: task().containers.map((container) => ({ ...container, phase: "NONE" })) });
  const stopped = withStop(waiting, new Date(7));
  expect(stopped).toMatchObject({ lastStatus: "STOPPING", stoppingAt: new Date(7) });
  expect(stopped.containers.map((container) => [container.phase, container.exitCode])).toEqual([
    ["STOPPED", undefined],
    ["STOPPED", undefined],
  ]);
});

describe("a container with a restart policy", () => {
  const START = 1_000_000;
  function restarting(policy: { ignoredExitCodes?: number[]; restartAttemptPeriod?: number } = {}): TaskRecord {
    const base = task();
    return {
      ...base,
      definition: {
        containerDefinitions: [
          { name: "app", restartPolicy: { enabled: true, ...policy } },
          { name: "side", essential: false },
        ],
      },
      containers: base.containers.map((container) =>
        container.name === "app"
          ? { ...container, healthStatus: "HEALTHY", restartCount: 0, startedAt: new Date(START) }
          : container,
      ),
    };
  }
  const ended = (seconds: number, exitCode = 1, run = 0) => ({
    ...exit("app", exitCode),
    exitedAt: START + seconds * 1000,
    run,
  });
  const after = new Date(START + 301_000);

  test("that ran long enough is to be restarted, and the task runs on", () => {
    expect(withExit(restarting(), ended(300))).toMatchObject({
      desiredStatus: "RUNNING",
      containers: [
        {
          phase: "RUNNING",
          restartCount: 1,
          restarting: { exitCode: 1, stoppedAt: new Date(START + 300_000) },
          healthStatus: "UNKNOWN",
        },
        { phase: "RUNNING" },
      ],
    });
  });
  test.each([
    ["within the period", restarting(), ended(299)],
    ["within a period of its own", restarting({ restartAttemptPeriod: 600 }), ended(599)],
    ["with a code to ignore", restarting({ ignoredExitCodes: [0, 1] }), ended(300)],
  ])("that ends %s ends the task", (_, before, how) => {
    expect(withExit(before, how)).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ phase: "STOPPED", exitCode: 1, restartCount: 0 }, { phase: "RUNNING" }],
    });
  });
  test("is not restarted in a task that stops, and stays at its last end when a stop comes between", () => {
    expect(withExit({ ...restarting(), desiredStatus: "STOPPED" }, ended(300)).containers[0]!.phase).toBe("STOPPED");
    const stopped = withStop(withExit(restarting(), ended(300, 7)), after).containers[0]!;
    expect(stopped).toMatchObject({ phase: "STOPPED", exitCode: 7, stoppedAt: new Date(START + 300_000) });
    expect(stopped.restarting).toBeUndefined();
  });
  test("runs anew once its restart has begun; what is heard again of the last run changes nothing", () => {
    const waiting = withExit(restarting(), ended(300));
    expect(withExit(waiting, ended(300))).toBe(waiting);
    expect(withRunning(waiting, "app", 0, after).containers[0]!.restarting).toBeDefined();
    const running = withRunning(waiting, "app", 1, after);
    expect(running.containers[0]).toMatchObject({ phase: "RUNNING", startedAt: after, restarting: undefined });
    expect(withExit(running, ended(300))).toBe(running);
  });
  test("that ends again at once ends the task", () => {
    const running = withRunning(withExit(restarting(), ended(300)), "app", 1, after);
    expect(withExit(running, ended(302, 1, 1))).toMatchObject({ desiredStatus: "STOPPED" });
    expect(withExit(withExit(restarting(), ended(300)), ended(900, 1, 1))).toMatchObject({ desiredStatus: "STOPPED" });
  });
  test("that cannot be restarted stops with the code of its last run", () => {
    const failure = { reason: "CannotStartContainerError: no", now: after };
    expect(withContainerFailure(withExit(restarting(), ended(300, 9)), "app", failure)).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ phase: "STOPPED", exitCode: 9, reason: "CannotStartContainerError: no" }, { phase: "RUNNING" }],
    });
  });
});

describe("a container that the runtime does not know any more", () => {
  const reason = "ContainerVanishedError: No container matching saved ID found";
  test("ends the task with that reason, and has no exit code", () => {
    const after = withVanished(task(), "app", new Date(9));
    expect(after).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "InfrastructureHealth",
      stoppedReason: reason,
      executionStoppedAt: new Date(9),
      containers: [{ phase: "STOPPED", reason }, { phase: "RUNNING" }],
    });
    expect(after.containers[0]!.exitCode).toBeUndefined();
  });
  test("leaves the task alone unless it is essential", () => {
    expect(withVanished(task(), "side", new Date(9))).toMatchObject({
      desiredStatus: "RUNNING",
      containers: [{ phase: "RUNNING" }, { phase: "STOPPED", reason }],
    });
  });
});

test("a container that is not essential and cannot start leaves the task alone", () => {
  const failure = { reason: "CannotStartContainerError: no", exitCode: 143, now: new Date(9) };
  expect(withContainerFailure(task(), "side", failure)).toMatchObject({
    desiredStatus: "RUNNING",
    containers: [{ phase: "RUNNING" }, { phase: "STOPPED", exitCode: 143, reason: "CannotStartContainerError: no" }],
  });
});
