import type { TaskRecord } from "./task-record.ts";

/** The capacity provider whose tasks can be interrupted. */
const SPOT = "FARGATE_SPOT";

/** Whether the task runs on capacity that may be taken back. */
export function isSpot({ capacityProvider }: Pick<TaskRecord, "capacityProvider">): boolean {
  return capacityProvider === SPOT;
}

/**
 * The task has been warned: it is to stop now, and whatever of it still runs at `at` is killed.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export function withInterruption(task: TaskRecord, at: Date): TaskRecord | undefined {
  if (task.desiredStatus === "STOPPED") return undefined;
  return {
    ...task,
    desiredStatus: "STOPPED",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
    interruptedAt: at,
  };
}

/** Which tasks are to be interrupted: those named, or those of a service, or any; so many at most. */
export interface SpotChoice {
  /** ARNs or ids. */
  tasks?: readonly string[] | undefined;
  /** An ARN, `CLUSTER/NAME`, or `NAME` in whichever cluster. */
  service?: string | undefined;
  count?: number | undefined;
}

/**
 * Chooses from the tasks that run, the oldest first.
 * @throws Error when a task that is named does not run, or not on Spot capacity
 */
export function chooseSpotTasks(running: readonly TaskRecord[], { tasks, service, count }: SpotChoice): TaskRecord[] {
  if (tasks?.length)
    return [...new Set(tasks)].map((name) => {
      const task = running.find(({ taskArn, taskId }) => name === taskArn || name === taskId);
      if (!task) throw new Error(`no task ${name} runs`);
      if (!isSpot(task)) throw new Error(`task ${name} does not run on ${SPOT}`);
      return task;
    });
  return running
    .filter((task) => isSpot(task) && (service === undefined || isOfService(task, service)))
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.taskId.localeCompare(b.taskId))
    .slice(0, count);
}

function isOfService({ group, clusterArn }: TaskRecord, service: string): boolean {
  const name = /^service:(.+)$/.exec(group)?.[1];
  if (name === undefined) return false;
  const inCluster = `${clusterArn.split("/").at(-1)}/${name}`;
  if (service.startsWith("arn:")) return service === `${clusterArn.split(":cluster/")[0]}:service/${inCluster}`;
  return service === name || service === inCluster;
}

/** How long the task still has its capacity, milliseconds: for ever, unless it was interrupted. */
export function capacityLeftMs({ interruptedAt }: Pick<TaskRecord, "interruptedAt">, now: number): number {
  return interruptedAt ? Math.max(0, interruptedAt.getTime() - now) : Infinity;
}
