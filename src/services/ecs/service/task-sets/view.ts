import type { TaskSet } from "@aws-sdk/client-ecs";
import { NO_TASKS, type TaskCounts } from "../task-counts.ts";
import type { ServiceRecord } from "../service-record.ts";
import { wantedCount } from "./scale.ts";
import { taskSetArn, type TaskSetRecord } from "./task-set-record.ts";

/**
 * The task set as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
 * @param counts of the service's tasks
 */
export function taskSetView(
  service: Pick<ServiceRecord, "desiredCount">,
  taskSet: TaskSetRecord,
  counts: ReadonlyMap<string, TaskCounts>,
  include: { tags: boolean },
): TaskSet {
  const { deployment, externalId } = taskSet;
  const { pending, running } = counts.get(deployment.id) ?? NO_TASKS;
  const computed = wantedCount(service, taskSet);
  return {
    id: deployment.id,
    taskSetArn: taskSetArn(taskSet),
    serviceArn: taskSet.serviceArn,
    clusterArn: taskSet.clusterArn,
    ...(externalId === undefined ? {} : { externalId }),
    status: taskSet.status,
    taskDefinition: deployment.taskDefinition,
    computedDesiredCount: computed,
    pendingCount: pending,
    runningCount: running,
    createdAt: taskSet.createdAt,
    updatedAt: taskSet.updatedAt,
    ...(deployment.strategy ? { capacityProviderStrategy: deployment.strategy } : { launchType: "FARGATE" }),
    platformVersion: deployment.platformVersion,
    platformFamily: "Linux",
    networkConfiguration: { awsvpcConfiguration: deployment.network },
    loadBalancers: [],
    serviceRegistries: deployment.registry ? [deployment.registry.registry] : [],
    scale: { value: taskSet.scale, unit: "PERCENT" },
    // What has not been acted on yet is not steady, whatever it was before.
    stabilityStatus: computed === taskSet.plannedCount ? taskSet.stability : "STABILIZING",
    stabilityStatusAt: taskSet.stabilityAt,
    ...(include.tags ? { tags: taskSet.tags } : {}),
  };
}
