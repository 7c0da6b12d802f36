import { failpoint } from "../../../base/failpoint.ts";
import type { Plan } from "../../../control/service-plan.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { planDeployment } from "./plan-tasks.ts";
import { withBlocked } from "./say.ts";
import { requestedCount, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import { startTasks, stopTasks } from "./service-tasks.ts";

const of = (tasks: readonly TaskRecord[], { id }: Pick<DeploymentRecord, "id">) =>
  tasks.filter((task) => task.startedBy === id);

/** Plans one deployment by itself: the tasks of others are none of its business. */
export function planGroup(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
  desiredCount: number,
): Plan {
  return planDeployment(ecs, service, deployment, of(tasks, deployment), {
    desiredCount,
    minimumHealthyPercent: service.minimumHealthyPercent,
    maximumPercent: service.maximumPercent,
    primaryMayStart: deployment.rolloutState !== "FAILED",
  });
}

/** What came of keeping the groups. */
export interface Kept {
  /** With the events that tell of it. */
  service: ServiceRecord;
  /** When to look again, milliseconds since 1970. */
  times: (number | undefined)[];
}

/** Keeps each deployment of a service at the count that it is to have, side by side. */
export async function keepGroups(ecs: Ecs, found: ServiceRecord, tasks: readonly TaskRecord[]): Promise<Kept> {
  let service = found;
  const times: (number | undefined)[] = [];
  let blockedBy: string | undefined;
  for (const deployment of found.deployments) {
    const plan = planGroup(ecs, service, deployment, tasks, requestedCount(service, deployment));
    service = await stopTasks(ecs, service, deployment.id, of(tasks, deployment), plan);
    if (plan.stop.length) failpoint("ecs.stage-tasks-stopped");
    const started = await startTasks(ecs, service, deployment, of(tasks, deployment), plan);
    if (plan.start) failpoint("ecs.stage-tasks-started");
    ({ service } = started);
    times.push(plan.lookAgainAt, started.retryAt);
    if (plan.blocked) blockedBy ??= deployment.id;
  }
  return { service: withBlocked(ecs, service, blockedBy), times };
}
