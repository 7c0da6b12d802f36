import type { ContainerExit } from "../compute/backend.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** Seconds. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
const DEFAULT_ATTEMPT_PERIOD = 300;

/**
 * Whether a container that ended is started again in its place: by its restart policy, unless the task is to stop, the
 * exit code is one to ignore, or this run was shorter than `restartAttemptPeriod`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
 */
export function isToRestart(task: TaskRecord, container: ContainerRecord, exit: ContainerExit): boolean {
  const policy = definitionOf(task, container).restartPolicy;
  if (!policy?.enabled || task.desiredStatus === "STOPPED") return false;
  if (policy.ignoredExitCodes?.includes(exit.exitCode)) return false;
  // Of a run that has not been written down yet only its end is known: it was short.
  if (!container.startedAt || container.restarting) return false;
  const ranMs = exit.exitedAt - container.startedAt.getTime();
  return ranMs >= (policy.restartAttemptPeriod ?? DEFAULT_ATTEMPT_PERIOD) * 1000;
}

/** As {@link ContainerRecord.restartCount} of a container that has not run yet. */
export function firstRestartCount(policy: { enabled?: boolean | undefined } | undefined): { restartCount?: number } {
  return policy?.enabled ? { restartCount: 0 } : {};
}
