import { failpoint } from "../../../base/failpoint.ts";
import type { Plan } from "../../../control/service-plan.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { withoutStartTrouble } from "./count-failures.ts";
import { bakeMs, isRolledOut } from "./completion.ts";
import type { Rollout } from "./rollout.ts";
import { say, sayWhile, withBlocked, withoutCondition } from "./say.ts";
import { isOver, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { withEnd } from "./service-deployments.ts";
import { primaryOf, withDeployment, type ServiceRecord } from "./service-record.ts";
import { noteImages } from "./service-revisions.ts";

export interface Progress {
  rollout: Rollout;
  /** When the bake time is over, milliseconds since 1970. */
  bakesUntil: number | undefined;
}

/** What the look at the tasks says about the deployments themselves: who is healthy, drained, completed, stuck. */
export async function withProgress(
  ecs: Ecs,
  { service, deployment }: Rollout,
  tasks: readonly TaskRecord[],
  plan: Plan,
): Promise<Progress> {
  const seen = withoutDrained(await withTasksSeen(ecs, service, tasks, plan), tasks);
  const baked = await withBakeTime(ecs, { service: seen, deployment }, tasks, plan);
  const rollout = baked.isDone ? withCompletion(ecs, baked.rollout) : baked.rollout;
  return {
    rollout: { ...rollout, service: withCondition(ecs, rollout.service, plan) },
    bakesUntil: baked.until,
  };
}

/** Health ends a row of failures, and the first task that has its images settles them for the whole deployment. */
export async function withTasksSeen(
  ecs: Ecs,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
  { healthyCount }: Plan,
): Promise<ServiceRecord> {
  const primary = primaryOf(service);
  let next = service;
  let changed = primary;
  // A task that has become healthy ends the row of failures; one that stays healthy does not.
  if (healthyCount > primary.healthyTasks) {
    const counts = service.circuitBreaker.resetOnHealthyTask === false;
    changed = { ...changed, startFailures: 0, ...(counts ? {} : { failedTasks: 0 }) };
    next = withoutStartTrouble(next);
  }
  if (healthyCount !== primary.healthyTasks) changed = { ...changed, healthyTasks: healthyCount };
  const moves = primary.moves?.filter(({ taskId, from }) => [taskId, from].every((id) => isWanted(tasks, id)));
  if (moves?.length !== primary.moves?.length) changed = { ...changed, moves: moves?.length ? moves : undefined };
  const first = firstResolved(tasks, primary.id);
  if (first && !Object.keys(primary.imageDigests).length) {
    changed = { ...changed, imageDigests: digestsOf(first) };
    await noteImages(ecs, service, primary, first);
  }
  return changed === primary ? next : withDeployment(next, changed);
}

const isWanted = (tasks: readonly TaskRecord[], id: string) =>
  tasks.some(({ taskId, desiredStatus }) => taskId === id && desiredStatus === "RUNNING");

function firstResolved(tasks: readonly TaskRecord[], deploymentId: string): TaskRecord | undefined {
  return tasks.find((task) => task.startedBy === deploymentId && task.containers.every((container) => container.image));
}

function digestsOf(task: TaskRecord): Record<string, string> {
  return Object.fromEntries(task.containers.map((container) => [container.name, container.image!.digest]));
}

/** Older deployments are gone with their last task. */
function withoutDrained(service: ServiceRecord, tasks: readonly TaskRecord[]): ServiceRecord {
  const left = service.deployments.filter(
    (deployment) => deployment.status === "PRIMARY" || tasks.some((task) => task.startedBy === deployment.id),
  );
  return left.length === service.deployments.length ? service : { ...service, deployments: left };
}

/** Whether the primary deployment is done; between its being rolled out and that lies the bake time, if it has one. */
async function withBakeTime(
  ecs: Ecs,
  rollout: Rollout,
  tasks: readonly TaskRecord[],
  plan: Plan,
): Promise<{ rollout: Rollout; isDone: boolean; until: number | undefined }> {
  const { service, deployment } = rollout;
  const primary = primaryOf(service);
  const isReady =
    primary.rolloutState === "IN_PROGRESS" &&
    isRolledOut({
      desiredCount: service.desiredCount,
      healthyCount: plan.healthyCount,
      isComplete: plan.complete,
      hasOlderTasks: tasks.some((task) => task.startedBy !== primary.id),
      earlySuccess: service.earlySuccess,
    });
  if (!isReady) return { rollout, isDone: false, until: undefined };
  // A rollback is to be over soon, and one that an earlier release began has nowhere to note its bake time.
  if (!deployment || isOver(deployment) || primary.isRollback) return { rollout, isDone: true, until: undefined };
  const now = ecs.clock.now();
  const length = await bakeMs(ecs, service, deployment);
  const since = deployment.bakingSince ?? now;
  if (now >= since + length) return { rollout, isDone: true, until: undefined };
  const baking: ServiceDeploymentRecord =
    deployment.bakingSince === undefined ? { ...deployment, bakingSince: now, updatedAt: new Date(now) } : deployment;
  return { rollout: { service, deployment: baking }, isDone: false, until: since + length };
}

/** The primary deployment is where a later one is rolled back to. */
export function withCompletion(ecs: Ecs, { service, deployment }: Rollout): Rollout {
  const now = new Date(ecs.clock.now());
  const primary = primaryOf(service);
  const completed = {
    ...primary,
    rolloutState: "COMPLETED" as const,
    rolloutStateReason: `ECS deployment ${primary.id} completed.`,
    updatedAt: now,
  };
  failpoint("ecs.deployment-completed");
  const told = say(
    ecs,
    { ...withDeployment(service, completed), lastCompleted: completed },
    `(deployment ${primary.id}) deployment completed.`,
  );
  const status = primary.isRollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
  return {
    service: told,
    deployment: deployment && !isOver(deployment) ? withEnd(deployment, status, now) : deployment,
  };
}

/** How the service is, in its events. */
function withCondition(ecs: Ecs, service: ServiceRecord, plan: Plan): ServiceRecord {
  const primary = primaryOf(service);
  let next = service;
  if (plan.complete && primary.rolloutState !== "IN_PROGRESS")
    next = sayWhile(ecs, next, "steady", "has reached a steady state.");
  else if (plan.start > 0 || plan.stop.length > 0) next = withoutCondition(next, "steady");
  next = plan.stuck
    ? sayWhile(
        ecs,
        next,
        "stuck",
        "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
      )
    : withoutCondition(next, "stuck");
  return withBlocked(ecs, next, plan.blocked ? primary.id : undefined);
}
