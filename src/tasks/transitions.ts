import type { ContainerExit } from "../compute/backend.ts";
import { isEssential, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** The task with one container changed. */
export function withContainer(
  task: TaskRecord,
  containerId: string,
  change: (container: ContainerRecord) => Partial<ContainerRecord>,
): TaskRecord {
  return {
    ...task,
    containers: task.containers.map((container) =>
      container.id === containerId ? { ...container, ...change(container) } : container,
    ),
  };
}

/**
 * A container has ended. The end of an essential one means the end of the task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function withExit(task: TaskRecord, exit: ContainerExit): TaskRecord {
  const container = task.containers.find((one) => one.id === exit.id);
  if (!container || container.phase === "STOPPED") return task;
  const stoppedAt = new Date(exit.exitedAt);
  const changed = withContainer(task, exit.id, () => ({
    phase: "STOPPED",
    exitCode: exit.exitCode,
    stoppedAt,
    ...(exit.oomKilled ? { reason: "OutOfMemoryError: Container killed due to memory usage" } : {}),
  }));
  if (!isEssential(task, container)) return changed;
  return {
    ...changed,
    executionStoppedAt: changed.executionStoppedAt ?? stoppedAt,
    ...(task.desiredStatus === "STOPPED"
      ? {}
      : {
          desiredStatus: "STOPPED",
          stopCode: "EssentialContainerExited",
          stoppedReason: "Essential container in task exited",
        }),
  };
}

/** Longest reason that ECS reports, in characters. */
const MAX_REASON = 1024;

/** The task could not be started. */
export function withStartFailure(task: TaskRecord, reason: string, containerName?: string): TaskRecord {
  const text = reason.slice(0, MAX_REASON);
  if (task.desiredStatus === "STOPPED") return task;
  return {
    ...task,
    desiredStatus: "STOPPED",
    stopCode: "TaskFailedToStart",
    stoppedReason: text,
    containers: task.containers.map((container) =>
      container.name === containerName && !text.startsWith("ResourceInitializationError")
        ? { ...container, reason: text, ...(text.includes("dependency graph") ? { exitCode: 143 } : {}) }
        : container,
    ),
  };
}

/** The task is taken out of where others find it, before its containers are told to stop. */
export function withLeaving(task: TaskRecord, now: Date): TaskRecord {
  return { ...task, lastStatus: "DEACTIVATING", stoppingAt: task.stoppingAt ?? now };
}

/** The task's containers begin to stop: containers that never ran are stopped by that. */
export function withStop(task: TaskRecord, now: Date): TaskRecord {
  return {
    ...task,
    lastStatus: "STOPPING",
    stoppingAt: task.stoppingAt ?? now,
    containers: task.containers.map((container) =>
      container.phase === "NONE" ? { ...container, phase: "STOPPED" } : container,
    ),
  };
}

/** The runtime knows nothing of the container: it has ended, nobody knows how. */
export function withVanished(task: TaskRecord, containerId: string): TaskRecord {
  return withContainer(task, containerId, () => ({
    phase: "STOPPED",
    reason: "ContainerVanishedError: No container matching saved ID found",
  }));
}
