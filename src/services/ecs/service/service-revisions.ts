import type { ContainerImage } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import { definitionOf, type TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { revisionOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import type { ServiceRevisionRecord } from "./service-revision-record.ts";

function keyOf(service: Pick<ServiceRecord, "clusterName" | "serviceName">, digits: string): string {
  return `${service.clusterName}/${service.serviceName}/${digits}`;
}

/** Writes down what a new deployment rolls out; in the caller's transaction. */
export async function saveNewRevision(ecs: Ecs, service: ServiceRecord, deployment: DeploymentRecord): Promise<void> {
  const revision: ServiceRevisionRecord = {
    scope: service.scope,
    revision: revisionOf(deployment),
    clusterName: service.clusterName,
    clusterArn: service.clusterArn,
    serviceName: service.serviceName,
    serviceArn: service.serviceArn,
    taskDefinition: deployment.taskDefinition,
    platformVersion: deployment.platformVersion,
    network: deployment.network,
    ...(deployment.registry ? { registry: deployment.registry } : {}),
    ...(deployment.serviceConnect ? { serviceConnect: deployment.serviceConnect } : {}),
    ...(deployment.volumeConfigurations ? { volumeConfigurations: deployment.volumeConfigurations } : {}),
    ...(deployment.strategy ? { strategy: deployment.strategy } : {}),
    containerImages: [],
    createdAt: deployment.createdAt,
  };
  await ecs.store.serviceRevisions.put(scopeKey(service.scope), keyOf(service, revision.revision), revision);
}

/** What a task runs, by the digests that its images' tags stood for when it started. */
export function containerImages(task: TaskRecord): ContainerImage[] {
  return task.containers.map((container) => ({
    containerName: container.name,
    ...(container.image ? { imageDigest: container.image.digest } : {}),
    image: definitionOf(task, container).image,
  }));
}

/** Notes the images of a deployment's revision, which its first task has resolved; in the caller's transaction. */
export async function noteImages(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  task: TaskRecord,
): Promise<void> {
  await ecs.store.serviceRevisions.update(scopeKey(service.scope), keyOf(service, revisionOf(deployment)), (revision) =>
    revision.containerImages.length ? undefined : { ...revision, containerImages: containerImages(task) },
  );
}
