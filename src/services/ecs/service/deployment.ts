import type { Ids } from "../../../base/ids.ts";
import type { DeploymentRecord, DeploymentVersion, ServiceRecord } from "./service-record.ts";

/** A new primary deployment; the one before it becomes ACTIVE and drains. */
export function withNewDeployment(
  service: ServiceRecord,
  what: DeploymentVersion & { imageDigests?: Record<string, string> },
  ids: Ids,
  now: Date,
  reason?: (id: string) => string,
): ServiceRecord {
  const id = `ecs-svc/${ids.digits(19)}`;
  const deployment: DeploymentRecord = {
    id,
    status: "PRIMARY",
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
    failedTasks: 0,
    healthyTasks: 0,
    countedUntil: now.getTime(),
    countedIds: [],
    startFailures: 0,
    nextStartAt: 0,
    createdAt: now,
    updatedAt: now,
  };
  const before = service.deployments.map((old) => ({ ...old, status: "ACTIVE" as const, updatedAt: now }));
  return { ...service, steady: false, deployments: [deployment, ...before] };
}
