import type {
  DnsConfig,
  HealthCheckConfig,
  Instance,
  NamespaceSummary,
  Operation,
  ServiceSummary,
} from "@aws-sdk/client-servicediscovery";
import type { Scope } from "../../base/scope.ts";
import { resourceArn } from "./identifiers.ts";
import type { InstanceRecord, NamespaceRecord, OperationRecord, ServiceRecord } from "./store.ts";

/** A namespace as lists show it. */
export function namespaceView(scope: Scope, namespace: NamespaceRecord, serviceCount: number): NamespaceSummary {
  const { namespaceId, name, type, description, hostedZoneId, soaTtl, createDate } = namespace;
  return {
    Id: namespaceId,
    Arn: resourceArn(scope, "namespace", namespaceId),
    ResourceOwner: scope.account,
    Name: name,
    Type: type,
    ...(description !== undefined && { Description: description }),
    ServiceCount: serviceCount,
    Properties: {
      DnsProperties: hostedZoneId === undefined ? {} : { HostedZoneId: hostedZoneId, SOA: { TTL: soaTtl } },
      HttpProperties: { HttpName: name },
    },
    CreateDate: createDate,
  };
}

/** A service as lists show it. */
export function serviceView(scope: Scope, service: ServiceRecord, instanceCount: number): ServiceSummary {
  const { serviceId, name, description, dns, healthCheck, hasCustomHealth, createDate } = service;
  return {
    Id: serviceId,
    Arn: resourceArn(scope, "service", serviceId),
    ResourceOwner: scope.account,
    Name: name,
    Type: dns ? "DNS_HTTP" : "HTTP",
    ...(description !== undefined && { Description: description }),
    InstanceCount: instanceCount,
    ...(dns && { DnsConfig: dnsView(service) }),
    ...(healthCheck && { HealthCheckConfig: healthCheckView(healthCheck) }),
    ...(hasCustomHealth && { HealthCheckCustomConfig: { FailureThreshold: 1 } }),
    CreateDate: createDate,
    CreatedByAccount: scope.account,
  };
}

function dnsView({ namespaceId, dns }: ServiceRecord): DnsConfig {
  return { NamespaceId: namespaceId, RoutingPolicy: dns!.routingPolicy, DnsRecords: dns!.records };
}

function healthCheckView(check: NonNullable<ServiceRecord["healthCheck"]>): HealthCheckConfig {
  const { type, resourcePath, failureThreshold } = check;
  return {
    Type: type,
    ...(resourcePath !== undefined && { ResourcePath: resourcePath }),
    FailureThreshold: failureThreshold,
  };
}

/** A service as it is shown alone. */
export function wholeService(scope: Scope, service: ServiceRecord, instanceCount: number) {
  return {
    ...serviceView(scope, service, instanceCount),
    NamespaceId: service.namespaceId,
    CreatorRequestId: service.creatorRequestId,
  };
}

export function instanceView(scope: Scope, { instanceId, attributes, creatorRequestId }: InstanceRecord): Instance {
  return {
    Id: instanceId,
    CreatorRequestId: creatorRequestId,
    Attributes: attributes,
    CreatedByAccount: scope.account,
  };
}

export function operationView(scope: Scope, operation: OperationRecord): Operation {
  const { operationId, type, status, errorCode, errorMessage, createDate, updateDate } = operation;
  const { namespaceId, serviceId, instanceId } = operation;
  return {
    Id: operationId,
    OwnerAccount: scope.account,
    Type: type,
    Status: status,
    ...(errorMessage !== undefined && { ErrorMessage: errorMessage }),
    ...(errorCode !== undefined && { ErrorCode: errorCode }),
    CreateDate: createDate,
    UpdateDate: updateDate,
    Targets: {
      NAMESPACE: namespaceId,
      ...(serviceId !== undefined && { SERVICE: serviceId }),
      ...(instanceId !== undefined && { INSTANCE: instanceId }),
    },
  };
}
