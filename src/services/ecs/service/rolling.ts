import { earliest } from "../../../base/earliest.ts";
import { failpoint } from "../../../base/failpoint.ts";
import type { Plan } from "../../../control/service-plan.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { withFailures } from "./count-failures.ts";
import { withMonitors } from "./monitors.ts";
import { planDeployment } from "./plan-tasks.ts";
import { withProgress } from "./progress.ts";
import { rebalance } from "./rebalancing.ts";
import { saveRollout, type Rollout } from "./rollout.ts";
import { REPEAT_MS } from "./say.ts";
import { withBeginning } from "./service-deployments.ts";
import { primaryOf, versionsOf, type ServiceRecord } from "./service-record.ts";
import { startTasks, stopTasks } from "./service-tasks.ts";

/**
 * One round of a service that is rolled over in place: counts failures, fails or rolls back, plans, stops, starts, and
 * says so.
 * @param tasks of the service, unfinished ones
 * @returns when to look again, milliseconds since 1970, if nothing happens before
 */
export async function keepRolling(ecs: Ecs, found: Rollout, tasks: readonly TaskRecord[]): Promise<number | undefined> {
  const begun: Rollout = {
    service: await withFailures(ecs, found.service),
    deployment: found.deployment && withBeginning(found.deployment, new Date(ecs.clock.now())),
  };
  const watched = await withMonitors(ecs, begun);
  const plan = planPrimary(ecs, watched.service, tasks);
  const { rollout, bakesUntil } = await withProgress(ecs, watched, tasks, plan);
  const primary = primaryOf(rollout.service);
  const stopped = await stopTasks(ecs, rollout.service, primary.id, tasks, plan);
  if (plan.stop.length) failpoint("ecs.deployment-tasks-stopped");
  const started = await startTasks(ecs, stopped, primary, staysOf(primary.id, tasks, plan), plan);
  if (plan.start) failpoint("ecs.deployment-tasks-started");
  const balanced = await rebalance(ecs, started.service, tasks, plan);
  const left = versionsOf(balanced.service);
  const ended = versionsOf(found.service).filter(({ id }) => !left.some((one) => one.id === id));
  await removePorts(ecs, balanced.service, ended, left);
  await saveRollout(ecs, found, { service: balanced.service, deployment: rollout.deployment });
  return earliest([
    plan.lookAgainAt,
    started.retryAt,
    balanced.retryAt,
    bakesUntil,
    saysAgainAt(balanced.service, plan),
  ]);
}

function planPrimary(ecs: Ecs, service: ServiceRecord, tasks: readonly TaskRecord[]): Plan {
  const primary = primaryOf(service);
  return planDeployment(ecs, service, primary, tasks, {
    desiredCount: service.desiredCount,
    minimumHealthyPercent: service.minimumHealthyPercent,
    maximumPercent: service.maximumPercent,
    primaryMayStart: primary.rolloutState !== "FAILED",
    ...(primary.moves ? { moves: primary.moves } : {}),
  });
}

/** The deployment's own tasks that stay: over these the zones of new ones are spread, so that they are even at its end. */
function staysOf(deploymentId: string, tasks: readonly TaskRecord[], { stop }: Plan): TaskRecord[] {
  const stopping = new Set(stop.map(({ taskId }) => taskId));
  return tasks.filter((task) => task.startedBy === deploymentId && !stopping.has(task.taskId));
}

/** A service that stays steady says so again. */
function saysAgainAt({ conditions }: ServiceRecord, { complete }: Plan): number | undefined {
  const saidAt = complete ? conditions?.["steady"]?.saidAt : undefined;
  return saidAt === undefined ? undefined : saidAt + REPEAT_MS;
}
