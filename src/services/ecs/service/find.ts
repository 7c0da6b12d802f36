import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { Ecs } from "../ecs.ts";
import { serviceNotFound } from "../errors.ts";
import { nameInCluster } from "../identifiers.ts";
import type { ClusterRecord } from "../store.ts";
import type { ServiceRecord } from "./service-record.ts";

/**
 * A service of a cluster in any status, by name, `service/cluster/name` ARN or the older `service/name` ARN.
 * @throws AwsError InvalidParameterException when the reference is none of them
 */
export async function lookUpService(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  reference: string,
): Promise<ServiceRecord | undefined> {
  const name = nameInCluster(reference, "service", cluster.clusterName, scope);
  if (name === undefined) return undefined;
  return await ecs.store.services.get(scopeKey(scope), `${cluster.clusterName}/${name}`);
}

/** As {@link lookUpService}. @throws AwsError ServiceNotFoundException */
export async function findService(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  reference: string,
): Promise<ServiceRecord> {
  const service = await lookUpService(ecs, scope, cluster, reference);
  if (!service) throw serviceNotFound();
  return service;
}

/** Stores a service; in the caller's transaction, where there is one. */
export async function saveService(ecs: Ecs, service: ServiceRecord): Promise<void> {
  await ecs.store.services.put(scopeKey(service.scope), `${service.clusterName}/${service.serviceName}`, service);
}
