import { startThrottleMs } from "../../../control/service-plan.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { DeploymentRecord } from "./service-record.ts";

/** A task without a health check counts as healthy after it has run this long. [API_DeploymentConfiguration] */
export const HEALTHY_AFTER_MS = 40_000;
/** A task that ran but ended young is replaced no sooner than this after its start, so that a crash loop stays slow. */
const YOUNG_RESTART_MS = 10_000;

/**
 * Counts the tasks of a deployment that ended since it was last looked at: each once.
 * @param stopped the deployment's STOPPED tasks, any order, counted ones included
 */
export function withEndedTasks(deployment: DeploymentRecord, stopped: readonly TaskRecord[]): DeploymentRecord {
  const news = stopped
    .filter((task) => {
      const at = task.stoppedAt!.getTime();
      return (
        at > deployment.countedUntil || (at === deployment.countedUntil && !deployment.countedIds.includes(task.taskId))
      );
    })
    .sort((a, b) => a.stoppedAt!.getTime() - b.stoppedAt!.getTime());
  let next = deployment;
  for (const task of news) next = withEndedTask(next, task);
  return next;
}

function withEndedTask(deployment: DeploymentRecord, task: TaskRecord): DeploymentRecord {
  const at = task.stoppedAt!.getTime();
  const counted: DeploymentRecord = {
    ...deployment,
    countedUntil: at,
    countedIds: at === deployment.countedUntil ? [...deployment.countedIds, task.taskId] : [task.taskId],
  };
  const onItsOwn = task.stopCode === "TaskFailedToStart" || task.stopCode === "EssentialContainerExited";
  if (!onItsOwn) return counted;
  if (!task.startedAt) {
    const startFailures = counted.startFailures + 1;
    return {
      ...counted,
      startFailures,
      failedTasks: counted.failedTasks + 1,
      nextStartAt: Math.max(counted.nextStartAt, at + startThrottleMs(startFailures)),
    };
  }
  const age = (task.executionStoppedAt ?? task.stoppedAt!).getTime() - task.startedAt.getTime();
  if (age >= HEALTHY_AFTER_MS) return { ...counted, startFailures: 0 };
  return {
    ...counted,
    startFailures: 0,
    failedTasks: counted.failedTasks + 1,
    nextStartAt: Math.max(counted.nextStartAt, task.startedAt.getTime() + YOUNG_RESTART_MS),
  };
}
