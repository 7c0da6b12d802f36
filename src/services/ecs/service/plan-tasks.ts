import { planService, type Plan, type PlanInput, type PlanTask } from "../../../control/service-plan.ts";
import { definitionOf, isEssential, taskHealth, type TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { hasFailed, HEALTHY_AFTER_MS } from "./failures.ts";
import type { DeploymentRecord, ServiceRecord } from "./service-record.ts";

/** How many tasks a deployment is to have, how many may go and come, and whether it may start any. */
type Wanted = Pick<
  PlanInput,
  "desiredCount" | "minimumHealthyPercent" | "maximumPercent" | "primaryMayStart" | "moves"
>;

/**
 * Plans the tasks of a deployment.
 * @param tasks its own, and those that it is to replace
 */
export function planDeployment(
  { clock }: Pick<Ecs, "clock">,
  { healthCheckGracePeriodSeconds }: Pick<ServiceRecord, "healthCheckGracePeriodSeconds">,
  { id, strategy, nextStartAt }: Pick<DeploymentRecord, "id" | "strategy" | "nextStartAt">,
  tasks: readonly TaskRecord[],
  wanted: Wanted,
): Plan {
  return planService({
    ...wanted,
    primaryId: id,
    ...(strategy ? { strategy } : {}),
    nextStartAt,
    gracePeriodMs: healthCheckGracePeriodSeconds * 1000,
    healthyAfterMs: HEALTHY_AFTER_MS,
    tasks: tasks.map(planTask),
    now: clock.now(),
  });
}

/** A task as the planner sees it. */
export function planTask(task: TaskRecord): PlanTask {
  const checked = task.containers.some(
    (container) => isEssential(task, container) && definitionOf(task, container).healthCheck,
  );
  const health = taskHealth(task);
  return {
    taskId: task.taskId,
    deploymentId: task.startedBy ?? "",
    zone: task.eni.availabilityZone,
    ...(task.capacityProvider === undefined ? {} : { capacityProvider: task.capacityProvider }),
    phase: task.desiredStatus === "STOPPED" ? "stopping" : task.lastStatus === "RUNNING" ? "running" : "pending",
    ...(task.desiredStatus === "STOPPED" && hasFailed(task) ? { isFailing: true } : {}),
    health: !checked ? "none" : health === "HEALTHY" ? "healthy" : health === "UNHEALTHY" ? "unhealthy" : "unknown",
    createdAt: task.createdAt.getTime(),
    startedAt: task.startedAt?.getTime(),
    ...(task.retireAt ? { retireAt: task.retireAt.getTime() } : {}),
    ...(task.protectedUntil ? { protectedUntil: task.protectedUntil.getTime() } : {}),
  };
}
