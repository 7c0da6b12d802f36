import type { TaskStopCode } from "@aws-sdk/client-ecs";
import type { ContainerExit } from "../compute/backend.ts";
import { isToRestart } from "./restart-policy.ts";
import { isEssential, type ContainerRecord, type TaskRecord } from "./task-record.ts";

const ESSENTIAL_EXITED = "Essential container in task exited";

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
 * A container has ended. It is to be restarted, or it has stopped for good; that of an essential one means the end of
 * the task. The end of an earlier run says nothing new.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function withExit(task: TaskRecord, exit: ContainerExit): TaskRecord {
  const container = task.containers.find((one) => one.id === exit.id);
  if (!container || container.phase === "STOPPED") return task;
  if ((exit.run ?? 0) !== (container.restartCount ?? 0)) return task;
  const stoppedAt = new Date(exit.exitedAt);
  if (isToRestart(task, container, exit))
    return withContainer(task, exit.id, ({ restartCount = 0 }) => ({
      restartCount: restartCount + 1,
      restarting: { exitCode: exit.exitCode, stoppedAt },
      healthStatus: "UNKNOWN",
      healthProbe: undefined,
    }));
  const changed = withContainer(task, exit.id, () => ({
    phase: "STOPPED",
    exitCode: exit.exitCode,
    stoppedAt,
    restarting: undefined,
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
          stoppedReason: ESSENTIAL_EXITED,
        }),
  };
}

/** Longest reason that ECS reports, in characters. */
const MAX_REASON = 1024;

/** Who else than the task a failed start is told of. */
interface StartFailure {
  containerName?: string | undefined;
  /** Of the EBS volume's attachment. */
  statusReason?: string;
}

/** The task could not be started. */
export function withStartFailure(
  task: TaskRecord,
  reason: string,
  { containerName, statusReason }: StartFailure = {},
): TaskRecord {
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
    ...(task.ebsVolume && statusReason !== undefined ? { ebsVolume: { ...task.ebsVolume, statusReason } } : {}),
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
    containers: task.containers.map(stoppedUnlessRunning),
  };
}

/** One that was to be restarted stays at its last end. */
function stoppedUnlessRunning(container: ContainerRecord): ContainerRecord {
  const { restarting, ...rest } = container;
  if (restarting) return { ...rest, ...restarting, phase: "STOPPED" };
  return container.phase === "NONE" ? { ...container, phase: "STOPPED" } : container;
}

/** A container runs: its first run, or the one that its restart policy began. */
export function withRunning(task: TaskRecord, containerId: string, run: number, now: Date): TaskRecord {
  return withContainer(task, containerId, ({ phase, startedAt, restarting, restartCount = 0 }) => {
    if (phase === "NONE") return { phase: "RUNNING", startedAt: startedAt ?? now };
    return restarting && phase === "RUNNING" && run === restartCount ? { startedAt: now, restarting: undefined } : {};
  });
}

/**
 * A container that could not be started, or started again: it has stopped, and the task with it if it is essential.
 * @param exitCode where ECS reports one
 */
export function withContainerFailure(
  task: TaskRecord,
  containerId: string,
  failure: { reason: string; now: Date; exitCode?: number },
): TaskRecord {
  const { reason, now, exitCode } = failure;
  return withStopped(task, containerId, { stopCode: "EssentialContainerExited" }, now, ({ restarting }) => ({
    reason: reason.slice(0, MAX_REASON),
    ...(exitCode === undefined ? restarting && { exitCode: restarting.exitCode } : { exitCode }),
  }));
}

const VANISHED = "ContainerVanishedError: No container matching saved ID found";

/** The runtime knows nothing of the container, such as after a reboot: it has ended, nobody knows how. */
export function withVanished(task: TaskRecord, containerId: string, now: Date): TaskRecord {
  const cause = { stopCode: "InfrastructureHealth", stoppedReason: VANISHED } as const;
  return withStopped(task, containerId, cause, now, () => ({ reason: VANISHED }));
}

function withStopped(
  task: TaskRecord,
  containerId: string,
  cause: { stopCode: TaskStopCode; stoppedReason?: string },
  now: Date,
  change: (container: ContainerRecord) => Partial<ContainerRecord>,
): TaskRecord {
  const container = task.containers.find((one) => one.id === containerId);
  if (!container || container.phase === "STOPPED") return task;
  const changed = withContainer(task, containerId, (one) => ({
    ...change(one),
    phase: "STOPPED",
    stoppedAt: now,
    restarting: undefined,
  }));
  if (!isEssential(task, container)) return changed;
  return {
    ...changed,
    executionStoppedAt: changed.executionStoppedAt ?? now,
    ...(task.desiredStatus === "STOPPED"
      ? {}
      : { desiredStatus: "STOPPED", stoppedReason: ESSENTIAL_EXITED, ...cause }),
  };
}
