import type { StrategyItem } from "../../../control/capacity-strategy.ts";
import type { Ecs } from "../ecs.ts";
import { publishDeploymentStateChange, publishServiceAction, type ServiceAction } from "../events/service-events.ts";
import { saveService } from "./find.ts";
import { conditionKey } from "./say.ts";
import { isOver, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { countsByRevision, saveServiceDeployment, withCounts } from "./service-deployments.ts";
import type { ServiceCondition, ServiceRecord } from "./service-record.ts";
import { countTasks } from "./task-counts.ts";

/** What a round works on; steps give a new one back, and it is stored as a whole at the end. */
export interface Rollout {
  service: ServiceRecord;
  /** The service deployment that goes on, or was the last one; none of a service that an earlier release has stored. */
  deployment: ServiceDeploymentRecord | undefined;
}

/** Stores what a round has changed and tells it on the event bus; in the caller's transaction. */
export async function saveRollout(ecs: Ecs, before: Rollout, after: Rollout): Promise<void> {
  const { service, deployment } = after;
  if (service !== before.service) {
    await saveService(ecs, service);
    await publishChanges(ecs, before.service, service);
  }
  if (!deployment || deployment === before.deployment) return;
  const ends = isOver(deployment) && !(before.deployment && isOver(before.deployment));
  // These it shows for ever.
  const final = ends ? withCounts(deployment, countsByRevision(service, await countTasks(ecs, service))) : deployment;
  await saveServiceDeployment(ecs, final);
}

const STATE_CHANGES = {
  IN_PROGRESS: "SERVICE_DEPLOYMENT_IN_PROGRESS",
  COMPLETED: "SERVICE_DEPLOYMENT_COMPLETED",
  FAILED: "SERVICE_DEPLOYMENT_FAILED",
} as const;

/** What is told of conditions beside their service event. */
const ACTIONS = [
  { condition: "steady", eventName: "SERVICE_STEADY_STATE" },
  { condition: "impaired", eventName: "SERVICE_TASK_START_IMPAIRED" },
  { condition: "placement", eventName: "SERVICE_TASK_PLACEMENT_FAILURE", reason: "RESOURCE:FARGATE" },
  { condition: "configuration", eventName: "SERVICE_TASK_CONFIGURATION_FAILURE" },
  { condition: "throttled", eventName: "ECS_OPERATION_THROTTLED" },
] as const satisfies readonly (ServiceAction & { condition: ServiceCondition })[];

/** Tells what is new about a service's deployments and its condition. @param before none of a new service */
export async function publishChanges(ecs: Ecs, before: ServiceRecord | undefined, after: ServiceRecord): Promise<void> {
  for (const deployment of after.deployments.toReversed()) {
    const { rolloutState, rolloutStateReason } = deployment;
    const was = before?.deployments.find(({ id }) => id === deployment.id);
    if (was?.rolloutState !== rolloutState)
      await publishDeploymentStateChange(ecs, after, deployment, STATE_CHANGES[rolloutState], rolloutStateReason);
  }
  await publishConditions(ecs, before, after, after.deployments.find(({ status }) => status === "PRIMARY")?.strategy);
}

/**
 * Tells what is new about the condition of a service, or of one of its task sets.
 * @param strategy of its tasks, where they have one
 */
export async function publishConditions(
  ecs: Ecs,
  before: ServiceRecord | undefined,
  after: ServiceRecord,
  strategy: readonly StrategyItem[] | undefined,
  taskSet?: { id: string; arn: string },
): Promise<void> {
  const about = taskSet ? { taskSetArns: [taskSet.arn] } : {};
  const providers = strategy ? { capacityProviders: strategy.map(({ capacityProvider }) => capacityProvider) } : {};
  for (const { condition, ...action } of ACTIONS) {
    const key = conditionKey(condition, taskSet?.id);
    const said = after.conditions?.[key];
    if (!said || said.saidAt === before?.conditions?.[key]?.saidAt) continue;
    const cause = condition === "configuration" ? { reason: said.message.replace(/^\([^)]*\) /, "") } : {};
    await publishServiceAction(ecs, after, {
      ...action,
      ...about,
      ...(condition === "placement" ? providers : {}),
      ...cause,
    });
    if (condition === "steady" && strategy)
      await publishServiceAction(ecs, after, { eventName: "CAPACITY_PROVIDER_STEADY_STATE", ...providers });
  }
}
