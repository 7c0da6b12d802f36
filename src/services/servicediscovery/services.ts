import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { CreateServiceRequest } from "@aws-sdk/client-servicediscovery";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { invalidInput, namespaceNotFound, serviceExists, serviceInUse, serviceNotFound } from "./errors.ts";
import { newServiceId, resourceArn, resourceId } from "./identifiers.ts";
import { isGoing, namespaceOf } from "./namespaces.ts";
import { countSubmitted } from "./operation-log.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import { serviceSettings } from "./service-settings.ts";
import type { NamespaceRecord, ServiceRecord } from "./store.ts";
import { withTags } from "./tags.ts";

/** @throws AwsError ServiceNotFound */
export async function serviceOf(sd: ServiceDiscovery, scope: Scope, idOrArn: string): Promise<ServiceRecord> {
  const id = resourceId(scope, "service", idOrArn);
  const service = id === undefined ? undefined : await sd.records.services.get(scopeKey(scope), id);
  if (!service) throw serviceNotFound(idOrArn);
  return service;
}

/** The service of that name, which in DNS is the same in capitals. */
export async function serviceNamed(
  sd: ServiceDiscovery,
  scope: Scope,
  namespaceId: string,
  name: string,
  hasDns = false,
): Promise<ServiceRecord | undefined> {
  const where = { namespaceId, name: name.toLowerCase() };
  const services = await sd.records.services.list(scopeKey(scope), { where });
  return services.find((service) => service.name === name || (hasDns && service.dns !== undefined));
}

/**
 * Makes a service. A repeated request gets the service that the first one made.
 * @throws AwsError NamespaceNotFound, ServiceAlreadyExists, InvalidInput, TooManyTagsException
 */
export async function createService(
  sd: ServiceDiscovery,
  scope: Scope,
  input: CreateServiceRequest,
): Promise<ServiceRecord> {
  const namespaceId = namespaceOfRequest(input);
  return await sd.store.transaction(async () => {
    const namespace = await namespaceOf(sd, scope, namespaceId);
    if (await isGoing(sd, scope, namespace)) throw namespaceNotFound(namespaceId);
    const service = newService(sd, scope, namespace, input);
    const known = await serviceNamed(sd, scope, namespace.namespaceId, service.name, service.dns !== undefined);
    if (known && isRepeated(known, service)) return known;
    if (known) throw serviceExists(known, resourceArn(scope, "service", known.serviceId));
    await sd.records.services.insert(scopeKey(scope), service.serviceId, service);
    return service;
  });
}

/** @throws AwsError InvalidInput */
function namespaceOfRequest({ NamespaceId, DnsConfig }: CreateServiceRequest): string {
  const old = DnsConfig?.NamespaceId;
  if (NamespaceId !== undefined && old !== undefined && NamespaceId !== old)
    throw invalidInput("NamespaceId and DnsConfig.NamespaceId must be the same.");
  const namespaceId = NamespaceId ?? old;
  if (namespaceId === undefined) throw invalidInput("Service namespace id cannot be null");
  return namespaceId;
}

function newService(
  sd: ServiceDiscovery,
  scope: Scope,
  namespace: NamespaceRecord,
  input: CreateServiceRequest,
): ServiceRecord {
  const serviceId = newServiceId(sd.ids);
  return {
    serviceId,
    namespaceId: namespace.namespaceId,
    name: input.Name!,
    ...(input.Description !== undefined && { description: input.Description }),
    ...serviceSettings(input, namespace),
    creatorRequestId: input.CreatorRequestId ?? randomUUID(),
    createDate: new Date(sd.clock.now()),
    tags: withTags([], input.Tags ?? [], resourceArn(scope, "service", serviceId)),
    attributes: {},
    instancesRevision: 1,
  };
}

function isRepeated(known: ServiceRecord, service: ServiceRecord): boolean {
  const settings = ({ name, description, dns, healthCheck, hasCustomHealth, creatorRequestId }: ServiceRecord) => ({
    name,
    description,
    dns,
    healthCheck,
    hasCustomHealth,
    creatorRequestId,
  });
  return isDeepStrictEqual(settings(known), settings(service));
}

/**
 * Removes a service that has no instances and is not being changed.
 * @throws AwsError ServiceNotFound, ResourceInUse
 */
export async function deleteService(sd: ServiceDiscovery, scope: Scope, idOrArn: string): Promise<void> {
  await sd.store.transaction(async () => {
    const { namespaceId, serviceId } = await serviceOf(sd, scope, idOrArn);
    if (await sd.records.instances.count(scopeKey(scope), { serviceId })) throw serviceInUse();
    if (await countSubmitted(sd, scope, { type: "REGISTER_INSTANCE", namespaceId, serviceId })) throw serviceInUse();
    await sd.records.services.delete(scopeKey(scope), serviceId);
  });
}

/** Changes what does not concern instances. @throws AwsError ServiceNotFound */
export async function changeService(
  sd: ServiceDiscovery,
  scope: Scope,
  idOrArn: string,
  change: (service: ServiceRecord) => ServiceRecord,
): Promise<void> {
  const { serviceId } = await serviceOf(sd, scope, idOrArn);
  if (!(await sd.records.services.update(scopeKey(scope), serviceId, change))) throw serviceNotFound(idOrArn);
}
