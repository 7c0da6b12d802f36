import type { Scope } from "../../base/scope.ts";
import type { DirectoryInstance, DirectoryNamespace, DirectoryService } from "./directory.ts";
import { resourceArn } from "./identifiers.ts";
import type { InstanceRecord, NamespaceRecord, ServiceRecord } from "./store.ts";
import { isHealthy } from "./zone-records.ts";

export function directoryNamespace(scope: Scope, { namespaceId, name, type }: NamespaceRecord): DirectoryNamespace {
  return { namespaceId, arn: resourceArn(scope, "namespace", namespaceId), name, type };
}

export function directoryService(scope: Scope, service: ServiceRecord, namespace: NamespaceRecord): DirectoryService {
  const { serviceId, name, dns, hasCustomHealth } = service;
  return {
    serviceId,
    arn: resourceArn(scope, "service", serviceId),
    name,
    namespace: directoryNamespace(scope, namespace),
    recordTypes: dns?.records.map((record) => record.Type) ?? [],
    hasCustomHealth,
  };
}

export function directoryInstance(service: ServiceRecord, instance: InstanceRecord): DirectoryInstance {
  const { instanceId, attributes } = instance;
  return { instanceId, attributes, healthy: isHealthy(service, instance) };
}
