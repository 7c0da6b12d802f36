import type { Ids } from "../../../base/ids.ts";
import { withoutCondition } from "./say.ts";
import type { DeploymentRecord, DeploymentVersion, ServiceRecord } from "./service-record.ts";

/**
 * A new primary deployment; the one before it becomes ACTIVE and drains.
 * @param what it rolls out: a revision of its own, unless it says which
 */
export function withNewDeployment(
  service: ServiceRecord,
  what: DeploymentVersion & Partial<Pick<DeploymentRecord, "imageDigests" | "revision" | "isRollback">>,
  ids: Ids,
  now: Date,
  reason?: (id: string) => string,
): ServiceRecord {
  const digits = ids.digits(19);
  const id = `ecs-svc/${digits}`;
  const deployment: DeploymentRecord = {
    id,
    status: "PRIMARY",
    revision: what.revision ?? digits,
    taskDefinition: what.taskDefinition,
    platformVersion: what.platformVersion,
    network: what.network,
    ...(what.registry ? { registry: what.registry } : {}),
    ...(what.serviceConnect ? { serviceConnect: what.serviceConnect } : {}),
    ...(what.volumeConfigurations?.length ? { volumeConfigurations: what.volumeConfigurations } : {}),
    ...(what.strategy ? { strategy: what.strategy } : {}),
    imageDigests: what.imageDigests ?? {},
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: (reason ?? ((own) => `ECS deployment ${own} in progress.`))(id),
    ...(what.isRollback ? { isRollback: true } : {}),
    failedTasks: 0,
    healthyTasks: 0,
    countedUntil: now.getTime(),
    countedIds: [],
    startFailures: 0,
    nextStartAt: 0,
    createdAt: now,
    updatedAt: now,
  };
  const before = service.deployments.map(({ scalePercent: _scalePercent, ...old }) => ({
    ...old,
    status: "ACTIVE" as const,
    updatedAt: now,
  }));
  return { ...withoutCondition(service, "steady"), deployments: [deployment, ...before] };
}
