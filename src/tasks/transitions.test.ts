import { describe, expect, test } from "vitest";
import type { TaskRecord } from "./task-record.ts";
import { withExit, withStartFailure, withStop } from "./transitions.ts";

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
  const failed = withStartFailure(task(), "CannotPullContainerError: not found", "side");
  expect(failed).toMatchObject({
    desiredStatus: "STOPPED",
    stopCode: "TaskFailedToStart",
    stoppedReason: "CannotPullContainerError: not found",
  });
  expect(failed.containers.map((container) => container.reason)).toEqual([
    undefined,
    "CannotPullContainerError: not found",
  ]);
  expect(withStartFailure(task(), "x".repeat(5000), "app").stoppedReason).toHaveLength(1024);
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
