import type { DiscoverInstancesRequest, HttpInstanceSummary } from "@aws-sdk/client-servicediscovery";
import type { Scope } from "../../base/scope.ts";
import { namespaceNotFound, serviceNotFound } from "./errors.ts";
import { namespacesNamed } from "./namespaces.ts";
import { serviceNamed } from "./services.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import type { InstanceRecord, NamespaceRecord, ServiceRecord } from "./store.ts";
import { isHealthy } from "./zone-records.ts";

/**
 * The service that clients know by names alone.
 * @throws AwsError NamespaceNotFound, ServiceNotFound
 */
export async function discoveredService(
  sd: ServiceDiscovery,
  scope: Scope,
  { NamespaceName, ServiceName, OwnerAccount }: DiscoverInstancesRequest,
): Promise<{ namespace: NamespaceRecord; service: ServiceRecord }> {
  const foreign = OwnerAccount !== undefined && OwnerAccount !== scope.account;
  const namespaces = foreign ? [] : await namespacesNamed(sd, scope, NamespaceName!);
  if (!namespaces.length) throw namespaceNotFound();
  for (const namespace of namespaces) {
    const service = await serviceNamed(sd, scope, namespace.namespaceId, ServiceName!);
    if (service) return { namespace, service };
  }
  throw serviceNotFound();
}

/**
 * The instances that a request for them gets: by attributes, then by health, then by the optional attributes unless that
 * leaves none.
 */
export function discoveredInstances(
  service: ServiceRecord,
  instances: readonly InstanceRecord[],
  request: DiscoverInstancesRequest,
): readonly InstanceRecord[] {
  const matching = instances.filter((instance) => hasAttributes(instance, request.QueryParameters));
  const healthy = byHealth(service, matching, request.HealthStatus);
  const preferred = healthy.filter((instance) => hasAttributes(instance, request.OptionalParameters));
  return preferred.length ? preferred : healthy;
}

function hasAttributes({ attributes }: InstanceRecord, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => attributes[key] === value);
}

/** Without a health check all instances are meant. */
function byHealth(
  service: ServiceRecord,
  instances: readonly InstanceRecord[],
  status: DiscoverInstancesRequest["HealthStatus"] = "HEALTHY_OR_ELSE_ALL",
): readonly InstanceRecord[] {
  if (!service.hasCustomHealth && !service.healthCheck) return instances;
  const healthy = instances.filter((instance) => isHealthy(service, instance));
  switch (status) {
    case "HEALTHY":
      return healthy;
    case "UNHEALTHY":
      return instances.filter((instance) => !isHealthy(service, instance));
    case "ALL":
      return instances;
    case "HEALTHY_OR_ELSE_ALL":
      return healthy.length ? healthy : instances;
  }
}

export function instanceSummary(
  { name }: NamespaceRecord,
  service: ServiceRecord,
  { instanceId, health, attributes }: InstanceRecord,
): HttpInstanceSummary {
  return {
    InstanceId: instanceId,
    NamespaceName: name,
    ServiceName: service.name,
    HealthStatus: health,
    Attributes: attributes,
  };
}
