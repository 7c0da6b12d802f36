import { earliest } from "../../../base/earliest.ts";
import { failpoint } from "../../../base/failpoint.ts";
import { advanceRollback } from "../../../control/deployment-rollback.ts";
import { advanceStages, isScaledUp, UNBEGUN, type Stage } from "../../../control/deployment-stages.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { withFailures } from "./count-failures.ts";
import { newHookId, publishHooks } from "./lifecycle-hooks.ts";
import { withMonitors } from "./monitors.ts";
import { withCompletion, withTasksSeen } from "./progress.ts";
import { withFailedPrimary } from "./rollback.ts";
import { saveRollout } from "./rollout.ts";
import { withBeginning, withEnd } from "./service-deployments.ts";
import { isOver } from "./service-deployment-record.ts";
import { primaryOf, versionsOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import { stagePlan } from "./staged-configuration.ts";
import { sourceOf, targetId, withLifecycle } from "./staged-deployment.ts";
import { managesTraffic, takeBackStages, type Staged } from "./staged-rollback.ts";
import { keepGroups, planGroup } from "./staged-tasks.ts";

/**
 * One round of a service that goes by stages (blue/green, linear, canary): counts failures, leads the deployment on or
 * back as far as it can go, and keeps the tasks of both revisions, each by itself.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 * @param tasks of the service, unfinished ones
 * @returns when to look again, milliseconds since 1970, if nothing happens before
 */
export async function keepStaged(ecs: Ecs, found: Staged, tasks: readonly TaskRecord[]): Promise<number | undefined> {
  const begun = await watched(ecs, found, tasks);
  const led = lead(ecs, begun, tasks);
  if (led.staged.deployment.lifecycle?.stage !== found.deployment.lifecycle?.stage)
    failpoint(`ecs.stage-${kebab(led.staged.deployment.lifecycle?.stage)}`);
  const { service, deployment } = led.staged;
  const kept = await keepGroups(ecs, service, tasks);
  const left = versionsOf(kept.service);
  const ended = versionsOf(found.service).filter(({ id }) => !left.some((one) => one.id === id));
  await removePorts(ecs, kept.service, ended, left);
  await saveRollout(ecs, found, { service: kept.service, deployment });
  await publishHooks(ecs, found.deployment, deployment);
  return earliest([...kept.times, led.lookAgainAt]);
}

/** What the look at the tasks says, and whether something puts an end to the deployment: its user, failures, alarms. */
async function watched(ecs: Ecs, found: Staged, tasks: readonly TaskRecord[]): Promise<Staged> {
  const now = new Date(ecs.clock.now());
  let { service } = found;
  for (const { id } of found.service.deployments)
    service = await withFailures(
      ecs,
      service,
      service.deployments.find((one) => one.id === id),
    );
  const deployment = withBeginning(found.deployment, now);
  const target = service.deployments.find(({ id }) => id === targetId(deployment));
  if (target?.status === "PRIMARY")
    service = await withTasksSeen(ecs, service, tasks, planGroup(ecs, service, target, tasks, service.desiredCount));
  // A way back has no way back.
  if (deployment.rollback) return { service, deployment };
  // The bake time is the last that is watched.
  if (deployment.lifecycle?.stage === "CLEAN_UP" && deployment.status === "IN_PROGRESS") return { service, deployment };
  const judged = await withMonitors(ecs, { service, deployment });
  return { service: judged.service, deployment: judged.deployment ?? deployment };
}

interface Led {
  staged: Staged;
  lookAgainAt: number | undefined;
}

/** Leads a deployment on, or back. One that has ended stays as it is. */
function lead(ecs: Ecs, found: Staged, tasks: readonly TaskRecord[]): Led {
  const { service, deployment } = found;
  if (deployment.status === "ROLLBACK_IN_PROGRESS") return leadBack(ecs, found, tasks);
  const now = new Date(ecs.clock.now());
  const source = sourceOf(service, deployment);
  if (isOver(deployment)) {
    // Stopped before its first round: the source is to stay all the same.
    const kept = withLifecycle(deployment, deployment.lifecycle ?? UNBEGUN, source, managesTraffic(found), now);
    return {
      staged: deployment.lifecycle ? found : withScales({ service, deployment: kept }, tasks),
      lookAgainAt: undefined,
    };
  }
  const id = targetId(deployment);
  const target = service.deployments.find((one) => one.id === id)!;
  const known = [id, source?.id];
  const isManaged = managesTraffic(found);
  const result = advanceStages({
    plan: stagePlan(deployment.configuration, isManaged),
    state: deployment.lifecycle,
    startedAt: (deployment.startedAt ?? deployment.createdAt).getTime(),
    hasSource: source !== undefined,
    hasStrays: service.deployments.some((one) => !known.includes(one.id)),
    isTargetReady: isReady(ecs, service, target, tasks),
    isSourceGone: !source || !hasTasks(source, tasks),
    now: now.getTime(),
    hookId: newHookId,
  });
  const staged = { service, deployment: withLifecycle(deployment, result.state, source, isManaged, now) };
  const { outcome } = result;
  if (!outcome) return { staged: withTargetInPlace(withScales(staged, tasks)), lookAgainAt: result.lookAgainAt };
  if ("succeeded" in outcome) return { staged: completed(ecs, staged), lookAgainAt: undefined };
  const reason = outcome.rollBackReason;
  const failed = withFailedPrimary(ecs, service, { event: "lifecycle stage failed.", rolloutReason: reason });
  return leadBack(ecs, takeBackStages(ecs, { ...staged, service: failed }, reason), tasks);
}

/** Leads a rollback on; the service has only the source when it is over. */
function leadBack(ecs: Ecs, found: Staged, tasks: readonly TaskRecord[]): Led {
  const { service, deployment } = found;
  const { lifecycle } = deployment;
  const source = sourceOf(service, deployment);
  if (deployment.status !== "ROLLBACK_IN_PROGRESS" || !lifecycle || !source)
    return { staged: found, lookAgainAt: undefined };
  const now = new Date(ecs.clock.now());
  const isManaged = managesTraffic(found);
  const result = advanceRollback({
    state: lifecycle,
    managesTraffic: isManaged,
    isSourceReady: isReady(ecs, service, source, tasks),
    isTargetGone: tasks.every((task) => task.startedBy === source.id),
    now: now.getTime(),
  });
  const led = withLifecycle(deployment, result.state, source, isManaged, now);
  if (result.hasFailed) {
    const reason = `Service deployment rollback failed because the ${lifecycle.stage} lifecycle stage timed out.`;
    return { staged: { service, deployment: withEnd(led, "ROLLBACK_FAILED", now, reason) }, lookAgainAt: undefined };
  }
  if (!result.isOver)
    return { staged: withScales({ service, deployment: led }, tasks), lookAgainAt: result.lookAgainAt };
  const back = alone(service, source.id);
  const isCompleted = source.rolloutState === "COMPLETED";
  return {
    staged: {
      service: isCompleted ? { ...back, lastCompleted: primaryOf(back) } : back,
      deployment: withEnd(led, "ROLLBACK_SUCCESSFUL", now),
    },
    lookAgainAt: undefined,
  };
}

/** While the source is removed the target is what serves, also for a deployment that puts an end to this one. */
function withTargetInPlace({ service, deployment }: Staged): Staged {
  const id = targetId(deployment);
  if (deployment.lifecycle?.stage !== "CLEAN_UP" || service.lastCompleted?.id === id) return { service, deployment };
  const lastCompleted = service.deployments.find((one) => one.id === id)!;
  return { service: { ...service, lastCompleted }, deployment };
}

/** How many tasks each deployment is to have in this stage; those that are neither source nor target go for good. */
function withScales({ service, deployment }: Staged, tasks: readonly TaskRecord[]): Staged {
  const { stage } = deployment.lifecycle!;
  const isBack = deployment.rollback !== undefined;
  const target = isBack ? stage !== "CLEAN_UP" && isTargetUp(service, deployment) : isScaledUp(stage);
  const source = isBack || stage !== "CLEAN_UP";
  const sourceId = sourceOf(service, deployment)?.id;
  const scaleOf = ({ id }: DeploymentRecord) => (id === targetId(deployment) ? target : id === sourceId && source);
  const deployments = service.deployments
    .filter((one) => [targetId(deployment), sourceId].includes(one.id) || hasTasks(one, tasks))
    .map((one) => withScale(one, scaleOf(one) ? 100 : 0));
  const isSame =
    deployments.length === service.deployments.length && deployments.every((one, i) => one === service.deployments[i]);
  return { service: isSame ? service : { ...service, deployments }, deployment };
}

/** A target that was never scaled up is not for the sake of its rollback. */
function isTargetUp({ deployments }: ServiceRecord, deployment: Staged["deployment"]): boolean {
  return deployments.find(({ id }) => id === targetId(deployment))?.scalePercent !== 0;
}

function withScale(deployment: DeploymentRecord, scalePercent: number): DeploymentRecord {
  return deployment.scalePercent === scalePercent ? deployment : { ...deployment, scalePercent };
}

/** The target serves alone: the deployment is completed. */
function completed(ecs: Ecs, { service, deployment }: Staged): Staged {
  const done = withCompletion(ecs, { service: alone(service, targetId(deployment)), deployment });
  return { service: done.service, deployment: done.deployment ?? deployment };
}

/** The service with one deployment, kept as any other that is primary. */
function alone(service: ServiceRecord, id: string): ServiceRecord {
  return {
    ...service,
    deployments: service.deployments
      .filter((one) => one.id === id)
      .map(({ scalePercent: _scalePercent, ...one }) => ({ ...one, status: "PRIMARY" as const })),
  };
}

function isReady(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
): boolean {
  return planGroup(ecs, service, deployment, tasks, service.desiredCount).healthyCount >= service.desiredCount;
}

function hasTasks({ id }: DeploymentRecord, tasks: readonly TaskRecord[]): boolean {
  return tasks.some((task) => task.startedBy === id);
}

function kebab(stage: Stage | undefined): string {
  return (stage ?? "none").toLowerCase().replaceAll("_", "-");
}
