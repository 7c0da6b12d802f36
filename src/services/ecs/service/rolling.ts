import { planService, type Plan } from "../../../control/service-plan.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { withCircuitBreaker } from "./circuit-breaker.ts";
import { HEALTHY_AFTER_MS, LATE_MS, lastFailedStart, withEndedTasks } from "./failures.ts";
import { saveService } from "./find.ts";
import { say, sayOnce, TROUBLESHOOTING } from "./say.ts";
import { planTask, startTasks, stopTasks } from "./service-tasks.ts";
import { primaryOf, versionsOf, withDeployment, type ServiceRecord } from "./service-record.ts";

/** Counts what ended since the last look. */
async function withFailures(ecs: Ecs, service: ServiceRecord): Promise<ServiceRecord> {
  const primary = primaryOf(service);
  const stopped = await ecs.engine.tasks.list(service.scope, {
    where: { started_by: primary.id, last_status: "STOPPED" },
    from: { stopped_at: primary.countedUntil - LATE_MS },
  });
  const counted = withEndedTasks(primary, stopped);
  if (counted === primary) return service;
  let next = withDeployment(service, counted);
  if (counted.startFailures > primary.startFailures) {
    const last = lastFailedStart(stopped);
    if (last) next = sayOnce(ecs, next, `was unable to place a task. Reason: ${last.stoppedReason}.`);
  }
  if (counted.startFailures >= 3 && primary.startFailures < 3)
    next = say(ecs, next, `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);
  return next;
}

/**
 * One round of a service that is rolled over in place: counts failures, plans, stops, starts, and says so.
 * @param tasks of the service, unfinished ones
 * @returns when to look again, milliseconds since 1970, if nothing happens before
 */
export async function keepRolling(
  ecs: Ecs,
  found: ServiceRecord,
  tasks: readonly TaskRecord[],
): Promise<number | undefined> {
  let service = withCircuitBreaker(ecs, await withFailures(ecs, found));
  const primary = primaryOf(service);
  const plan = planService({
    desiredCount: service.desiredCount,
    minimumHealthyPercent: service.minimumHealthyPercent,
    maximumPercent: service.maximumPercent,
    primaryId: primary.id,
    primaryMayStart: primary.rolloutState !== "FAILED",
    ...(primary.strategy ? { strategy: primary.strategy } : {}),
    nextStartAt: primary.nextStartAt,
    gracePeriodMs: service.healthCheckGracePeriodSeconds * 1000,
    healthyAfterMs: HEALTHY_AFTER_MS,
    tasks: tasks.map(planTask),
    now: ecs.clock.now(),
  });
  service = withProgress(ecs, service, tasks, plan);
  service = await stopTasks(ecs, service, primary.id, tasks, plan);
  const started = await startTasks(ecs, service, primaryOf(service), tasks, plan);
  const left = versionsOf(started.service);
  const ended = versionsOf(found).filter(({ id }) => !left.some((one) => one.id === id));
  await removePorts(ecs, started.service, ended, left);
  if (started.service !== found) await saveService(ecs, started.service);
  const times = [plan.lookAgainAt, started.retryAt].filter((time) => time !== undefined);
  return times.length ? Math.min(...times) : undefined;
}

/** What the look at the tasks says about the deployments themselves. */
function withProgress(ecs: Ecs, service: ServiceRecord, tasks: readonly TaskRecord[], plan: Plan): ServiceRecord {
  const now = new Date(ecs.clock.now());
  const primary = primaryOf(service);
  let changed = primary;
  // A task that has become healthy ends the row of failures; one that stays healthy does not.
  if (plan.healthyCount > primary.healthyTasks) changed = { ...changed, failedTasks: 0, startFailures: 0 };
  if (plan.healthyCount !== primary.healthyTasks) changed = { ...changed, healthyTasks: plan.healthyCount };
  const digests = Object.keys(primary.imageDigests).length ? {} : resolvedDigests(tasks, primary.id);
  if (Object.keys(digests).length) changed = { ...changed, imageDigests: digests };
  const completes = plan.complete && primary.rolloutState === "IN_PROGRESS";
  if (completes)
    changed = {
      ...changed,
      rolloutState: "COMPLETED",
      rolloutStateReason: `ECS deployment ${primary.id} completed.`,
      updatedAt: now,
    };
  let next = changed === primary ? service : withDeployment(service, changed);
  const drained = next.deployments.filter(
    (deployment) => deployment.status === "PRIMARY" || tasks.some((task) => task.startedBy === deployment.id),
  );
  if (drained.length !== next.deployments.length) next = { ...next, deployments: drained };
  if (completes) {
    next = say(ecs, next, `(deployment ${primary.id}) deployment completed.`);
    next = { ...next, lastCompleted: changed };
  }
  if (plan.complete && !next.steady) next = { ...say(ecs, next, "has reached a steady state."), steady: true };
  else if (!plan.complete && next.steady && (plan.start > 0 || plan.stop.length > 0)) next = { ...next, steady: false };
  if (plan.stuck)
    next = sayOnce(
      ecs,
      next,
      "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    );
  if (plan.blocked)
    next = sayOnce(
      ecs,
      next,
      `was unable to reach steady state because task set (${primary.id}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks.`,
    );
  return next;
}

/** The digests that the first task of a deployment resolved its images to. */
function resolvedDigests(tasks: readonly TaskRecord[], deploymentId: string): Record<string, string> {
  const first = tasks.find(
    (task) => task.startedBy === deploymentId && task.containers.every((container) => container.image),
  );
  return Object.fromEntries(first?.containers.map((container) => [container.name, container.image!.digest]) ?? []);
}
