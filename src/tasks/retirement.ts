import type { TaskRecord } from "./task-record.ts";

/** The `stoppedReason` of a task that is retired. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html */
const REASON = "ECS is performing maintenance on the underlying infrastructure hosting the task";

/** As ECS words it of a service's task, or, without a service, of one by itself. */
export function retirementReason(serviceName?: string): string {
  return serviceName === undefined ? REASON : `Service ${serviceName}: ${REASON}`;
}

/** When the task's own actor stops it, milliseconds since 1970. Tasks of services are replaced by their scheduler. */
export function retiresItselfAt(task: TaskRecord): number | undefined {
  return task.group.startsWith("service:") ? undefined : task.retireAt?.getTime();
}

/** A task by itself whose time has come is to stop. */
export function withRetirement(task: TaskRecord): TaskRecord {
  return task.desiredStatus === "STOPPED"
    ? task
    : {
        ...task,
        desiredStatus: "STOPPED",
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: retirementReason(),
      };
}
