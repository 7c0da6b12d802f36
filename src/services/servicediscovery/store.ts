import type { NamespaceType, OperationStatus, OperationType, RecordType, Tag } from "@aws-sdk/client-servicediscovery";
import type { Collection } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import type { Request } from "./request.ts";

export interface NamespaceRecord {
  /** `ns-…` */
  namespaceId: string;
  name: string;
  type: NamespaceType;
  description?: string;
  /** Of a private namespace. */
  vpcId?: string;
  /** Of namespaces with DNS. */
  hostedZoneId?: string;
  soaTtl?: number;
  creatorRequestId: string;
  createDate: Date;
  tags: Tag[];
}

export interface DnsRecordConfig {
  Type: RecordType;
  TTL: number;
}

export interface DnsSettings {
  routingPolicy: "MULTIVALUE" | "WEIGHTED";
  records: DnsRecordConfig[];
}

/** A Route 53 health check of each instance. */
export interface HealthCheckSettings {
  type: "HTTP" | "HTTPS" | "TCP";
  resourcePath?: string;
  /** How many checks in a row must agree on a new status. */
  failureThreshold: number;
}

export interface ServiceRecord {
  /** `srv-…` */
  serviceId: string;
  namespaceId: string;
  name: string;
  description?: string;
  dns?: DnsSettings;
  healthCheck?: HealthCheckSettings;
  hasCustomHealth: boolean;
  creatorRequestId: string;
  createDate: Date;
  tags: Tag[];
  attributes: Record<string, string>;
  /** Counts registrations and deregistrations. */
  instancesRevision: number;
}

export type Health = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

export interface InstanceRecord {
  instanceId: string;
  serviceId: string;
  namespaceId: string;
  attributes: Record<string, string>;
  creatorRequestId: string;
  /** `UNKNOWN` in services without a health check, and before the first one. */
  health: Health;
}

export interface OperationRecord {
  operationId: string;
  type: OperationType;
  status: OperationStatus;
  errorCode?: string;
  errorMessage?: string;
  createDate: Date;
  updateDate: Date;
  namespaceId: string;
  serviceId?: string;
  instanceId?: string;
  /** The caller's, or a new one: a repeated request gets the operation that the first one started. */
  requestId: string;
  /** What is to be done: everything that was checked when the operation was submitted. */
  request: Request;
}

/** What Cloud Map keeps. Keyed by scope and the id of each kind; instances by {@link instanceKey}. */
export interface Collections {
  namespaces: Collection<NamespaceRecord, "name" | "type" | "vpcId">;
  services: Collection<ServiceRecord, "namespaceId" | "name">;
  instances: Collection<InstanceRecord, "serviceId" | "namespaceId">;
  operations: Collection<OperationRecord, OperationColumn>;
}

export type OperationColumn = "status" | "type" | "namespaceId" | "serviceId" | "requestId" | "target" | "updatedAt";

/** Instances are listed by id within their service. */
export function instanceKey(serviceId: string, instanceId: string): string {
  return `${serviceId}/${instanceId}`;
}

/** What one operation at a time may change. */
export function targetOf({ namespaceId, serviceId, instanceId }: Omit<OperationRecord, "status">): string {
  if (!serviceId) return namespaceId;
  return instanceId === undefined ? serviceId : instanceKey(serviceId, instanceId);
}

/** Names the tables: listeners tell changes apart by it. */
export const TABLES = {
  namespaces: "servicediscovery_namespace",
  services: "servicediscovery_service",
  instances: "servicediscovery_instance",
  operations: "servicediscovery_operation",
} as const;

export function declareCollections(store: Store): Collections {
  return {
    namespaces: store.collection({
      name: TABLES.namespaces,
      columns: { name: "text", type: "text", vpcId: "text" },
      indexes: [["scope", "name"], ["type"], ["scope", "vpcId"]],
      values: ({ name, type, vpcId }) => ({ name, type, vpcId: vpcId ?? null }),
    }),
    services: store.collection({
      name: TABLES.services,
      columns: { namespaceId: "text", name: "text" },
      indexes: [["scope", "namespaceId", "name"]],
      values: ({ namespaceId, name }) => ({ namespaceId, name: name.toLowerCase() }),
    }),
    instances: store.collection({
      name: TABLES.instances,
      columns: { serviceId: "text", namespaceId: "text" },
      values: ({ serviceId, namespaceId }) => ({ serviceId, namespaceId }),
    }),
    operations: store.collection({
      name: TABLES.operations,
      columns: {
        status: "text",
        type: "text",
        namespaceId: "text",
        serviceId: "text",
        requestId: "text",
        target: "text",
        updatedAt: "integer",
      },
      indexes: [
        ["status"],
        ["scope", "status", "type", "namespaceId", "serviceId"],
        ["scope", "requestId"],
        ["scope", "target", "status"],
        ["updatedAt"],
      ],
      values: (operation) => ({
        status: operation.status,
        type: operation.type,
        namespaceId: operation.namespaceId,
        serviceId: operation.serviceId ?? null,
        requestId: operation.requestId,
        target: targetOf(operation),
        updatedAt: operation.updateDate.getTime(),
      }),
    }),
  };
}
