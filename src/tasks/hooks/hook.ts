import type { TaskRecord } from "../task-record.ts";

/** How a hook changes the task's record once its work is done. */
export type TaskPatch = Partial<TaskRecord>;

/**
 * One thing a task needs before its containers run. Both halves may be repeated: `prepare` after a crash in its middle,
 * `teardown` also when nothing was prepared.
 */
export interface TaskHook {
  name: string;
  /**
   * @param signal aborted when the task is to stop
   * @throws TaskStartError with the words ECS shows
   */
  prepare(task: TaskRecord, signal: AbortSignal): Promise<TaskPatch>;
  teardown(task: TaskRecord): Promise<void>;
}

/** A task that cannot start: `message` becomes its `stoppedReason`, and the reason of the named container. */
export class TaskStartError extends Error {
  readonly containerName: string | undefined;

  constructor(message: string, containerName?: string) {
    super(message);
    this.name = "TaskStartError";
    this.containerName = containerName;
  }
}

/** A task that cannot start for want of its EBS volume: `statusReason` is also said of the volume's attachment. */
export class VolumeStartError extends TaskStartError {
  readonly statusReason: string;

  constructor(statusReason: string) {
    super(`ResourceInitializationError: ${statusReason}`);
    this.name = "VolumeStartError";
    this.statusReason = statusReason;
  }
}
