import { isDeepStrictEqual } from "node:util";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { hostName, isDnsName } from "./dns-names.ts";
import { instanceNotFound, limitExceeded, OperationFailure } from "./errors.ts";
import { countSubmitted } from "./operation-log.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import { instanceKey, type Health, type InstanceRecord, type ServiceRecord } from "./store.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-limits.html */
const MAX_PER_SERVICE = 1000;
const MAX_PER_NAMESPACE = 2000;

/** @throws AwsError InstanceNotFound */
export async function instanceOf(
  sd: ServiceDiscovery,
  scope: Scope,
  { serviceId }: ServiceRecord,
  instanceId: string,
): Promise<InstanceRecord> {
  const instance = await sd.records.instances.get(scopeKey(scope), instanceKey(serviceId, instanceId));
  if (!instance) throw instanceNotFound(instanceId);
  return instance;
}

/** The instances of a service, by id. */
export function instancesOf(sd: ServiceDiscovery, scope: Scope, serviceId: string): Promise<InstanceRecord[]> {
  return sd.records.instances.list(scopeKey(scope), { where: { serviceId } });
}

/**
 * Whether one more instance may be registered, also with those that are about to be.
 * @throws AwsError ResourceLimitExceeded
 */
export async function checkRoomForInstance(
  sd: ServiceDiscovery,
  scope: Scope,
  { serviceId, namespaceId }: ServiceRecord,
  instanceId: string,
): Promise<void> {
  const key = scopeKey(scope);
  if (await sd.records.instances.get(key, instanceKey(serviceId, instanceId))) return;
  const type = "REGISTER_INSTANCE";
  const inService = await sd.records.instances.count(key, { serviceId });
  if (inService + (await countSubmitted(sd, scope, { type, namespaceId, serviceId })) >= MAX_PER_SERVICE)
    throw limitExceeded(`The number of instances of the service exceeds the quota of ${MAX_PER_SERVICE}.`);
  const inNamespace = await sd.records.instances.count(key, { namespaceId });
  if (inNamespace + (await countSubmitted(sd, scope, { type, namespaceId })) >= MAX_PER_NAMESPACE)
    throw limitExceeded(`The number of instances of the namespace exceeds the quota of ${MAX_PER_NAMESPACE}.`);
}

/** Adds an instance or replaces it, with a new health check; inside of a transaction. */
export async function putInstance(
  sd: ServiceDiscovery,
  scope: Scope,
  service: ServiceRecord,
  instance: Pick<InstanceRecord, "instanceId" | "attributes" | "creatorRequestId">,
): Promise<void> {
  const { serviceId, namespaceId } = service;
  const init = instance.attributes["AWS_INIT_HEALTH_STATUS"];
  const health: Health = !service.hasCustomHealth ? "UNKNOWN" : init === "UNHEALTHY" ? "UNHEALTHY" : "HEALTHY";
  const record: InstanceRecord = { ...instance, serviceId, namespaceId, health };
  await sd.records.instances.put(scopeKey(scope), instanceKey(serviceId, instance.instanceId), record);
  await countRevision(sd, scope, serviceId);
}

/** Whether the instance is registered like that. */
export async function isRegistered(
  sd: ServiceDiscovery,
  scope: Scope,
  { serviceId }: ServiceRecord,
  instanceId: string,
  attributes: Record<string, string>,
): Promise<boolean> {
  const known = await sd.records.instances.get(scopeKey(scope), instanceKey(serviceId, instanceId));
  return known !== undefined && isDeepStrictEqual(known.attributes, attributes);
}

/** Removes an instance if there is one; inside of a transaction. */
export async function removeInstance(
  sd: ServiceDiscovery,
  scope: Scope,
  serviceId: string,
  instanceId: string,
): Promise<void> {
  if (await sd.records.instances.delete(scopeKey(scope), instanceKey(serviceId, instanceId)))
    await countRevision(sd, scope, serviceId);
}

/** Changes an instance's health; nothing happens when it is not registered. */
export async function setInstanceHealth(
  sd: ServiceDiscovery,
  scope: Scope,
  serviceId: string,
  instanceId: string,
  health: Health,
): Promise<void> {
  await sd.records.instances.update(scopeKey(scope), instanceKey(serviceId, instanceId), (instance) =>
    instance.health === health ? undefined : { ...instance, health },
  );
}

/**
 * Whether a zone can hold the host name that an SRV record leads to.
 * @throws OperationFailure INVALID_CHANGE_BATCH
 */
export async function checkHostName(
  sd: ServiceDiscovery,
  scope: Scope,
  service: ServiceRecord,
  instanceId: string,
): Promise<void> {
  if (!service.dns?.records.some((record) => record.Type === "SRV")) return;
  const namespace = await sd.records.namespaces.get(scopeKey(scope), service.namespaceId);
  const name = hostName(instanceId, service.name, namespace?.name ?? "");
  if (!isDnsName(name)) throw new OperationFailure("INVALID_CHANGE_BATCH", `Invalid resource record name: ${name}`);
}

async function countRevision(sd: ServiceDiscovery, scope: Scope, serviceId: string): Promise<void> {
  await sd.records.services.update(scopeKey(scope), serviceId, (service) => ({
    ...service,
    instancesRevision: service.instancesRevision + 1,
  }));
}
