import { startThrottleMs } from "../../../control/service-plan.ts";
import { presenceOf, type TaskRecord } from "../../../tasks/task-record.ts";
import type { DeploymentRecord } from "./service-record.ts";

/** A task without a health check counts as healthy after it has run this long. [API_DeploymentConfiguration] */
export const HEALTHY_AFTER_MS = 40_000;
/** The `stoppedReason` of a task that is replaced for its container health checks. */
export const UNHEALTHY_REASON = "Task failed container health checks";
/** A task that ran but ended young is replaced no sooner than this after its start, so that a crash loop stays slow. */
const YOUNG_RESTART_MS = 10_000;

/** A task's record may be written a little after its `stoppedAt`: so far back one may still turn up. */
export const LATE_MS = 60_000;

/**
 * Counts the tasks of a deployment that ended since it was last looked at: each once.
 * @param stopped the deployment's STOPPED tasks, any order, counted ones included
 */
export function withEndedTasks(deployment: DeploymentRecord, stopped: readonly TaskRecord[]): DeploymentRecord {
  const endOf = (task: TaskRecord) => task.stoppedAt!.getTime();
  const news = stopped
    .filter((task) => endOf(task) >= deployment.createdAt.getTime() && endOf(task) > deployment.countedUntil - LATE_MS)
    .filter((task) => !deployment.countedIds.includes(task.taskId))
    .sort((a, b) => endOf(a) - endOf(b));
  if (!news.length) return deployment;
  const countedUntil = Math.max(deployment.countedUntil, endOf(news.at(-1)!));
  const countedIds = stopped
    .filter((task) => endOf(task) > countedUntil - LATE_MS)
    .map((task) => task.taskId)
    .sort();
  return { ...news.reduce(withEndedTask, deployment), countedUntil, countedIds };
}

/** Nobody asked it to. */
function endsByItself({ stopCode }: TaskRecord): boolean {
  return stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited";
}

/**
 * Whether a task that stops, or has stopped, did so by itself before it was healthy: by its health checks, and after the
 * time that counts for one without.
 */
export function hasFailed(task: TaskRecord): boolean {
  if (!endsByItself(task)) return false;
  const end = task.executionStoppedAt ?? task.stoppedAt;
  if (!task.startedAt || !end || end.getTime() - task.startedAt.getTime() < HEALTHY_AFTER_MS) return true;
  return presenceOf(task) === "UNHEALTHY";
}

/** The task that failed to start last. @param stopped in any order */
export function lastFailedStart(stopped: readonly TaskRecord[]): TaskRecord | undefined {
  return stopped
    .filter(({ stopCode }) => stopCode === "TaskFailedToStart")
    .sort((a, b) => a.stoppedAt!.getTime() - b.stoppedAt!.getTime())
    .at(-1);
}

function withEndedTask(counted: DeploymentRecord, task: TaskRecord): DeploymentRecord {
  const at = task.stoppedAt!.getTime();
  // The scheduler's own stops are no failures, but for those of tasks that failed their health checks.
  if (task.stoppedReason === UNHEALTHY_REASON) return { ...counted, failedTasks: counted.failedTasks + 1 };
  if (!endsByItself(task)) return counted;
  if (!task.startedAt) {
    const startFailures = counted.startFailures + 1;
    return {
      ...counted,
      startFailures,
      failedTasks: counted.failedTasks + 1,
      nextStartAt: Math.max(counted.nextStartAt, at + startThrottleMs(startFailures)),
    };
  }
  if (!hasFailed(task)) return { ...counted, startFailures: 0 };
  return {
    ...counted,
    startFailures: 0,
    failedTasks: counted.failedTasks + 1,
    nextStartAt: Math.max(counted.nextStartAt, task.startedAt.getTime() + YOUNG_RESTART_MS),
  };
}
