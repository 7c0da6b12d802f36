import type { Scope } from "../../base/scope.ts";

export interface DirectoryNamespace {
  namespaceId: string;
  arn: string;
  /** As DNS names: `internal.example`, or any text for HTTP namespaces. */
  name: string;
  type: "HTTP" | "DNS_PRIVATE" | "DNS_PUBLIC";
}

export interface DirectoryService {
  serviceId: string;
  arn: string;
  name: string;
  namespace: DirectoryNamespace;
  /** The types of its DNS records; none in an HTTP namespace. */
  recordTypes: ("A" | "AAAA" | "SRV" | "CNAME")[];
  /** Whether the health of its instances is told by {@link ServiceDirectory.setHealth}. */
  hasCustomHealth: boolean;
}

export interface DirectoryInstance {
  instanceId: string;
  /** `AWS_INSTANCE_IPV4`, `AWS_INSTANCE_PORT`, … */
  attributes: Record<string, string>;
  healthy: boolean;
}

/**
 * Cloud Map as other services use it: without operations to wait for. Changes may be repeated; inside a transaction they
 * join it, and names follow its commit.
 */
export interface ServiceDirectory {
  /** @param arnOrId of the service */
  findService(scope: Scope, arnOrId: string): Promise<DirectoryService | undefined>;
  /** @param nameOrArn a namespace's ARN or id, or its name: HTTP namespaces first */
  findNamespace(scope: Scope, nameOrArn: string): Promise<DirectoryNamespace | undefined>;
  /** The HTTP namespace of that name, made when there is none. */
  ensureHttpNamespace(scope: Scope, name: string): Promise<DirectoryNamespace>;
  /** The service of that name, made without DNS records when there is none. */
  ensureService(scope: Scope, namespaceId: string, name: string): Promise<DirectoryService>;
  /** Removes a service that has no instances; nothing happens when it has some, or is gone. */
  removeService(scope: Scope, serviceId: string): Promise<void>;
  servicesOf(scope: Scope, namespaceId: string): Promise<DirectoryService[]>;
  /** Adds an instance, or replaces its attributes. */
  register(scope: Scope, serviceId: string, instanceId: string, attributes: Record<string, string>): Promise<void>;
  /** Nothing happens when it is not registered. */
  deregister(scope: Scope, serviceId: string, instanceId: string): Promise<void>;
  /** Of services with custom health alone; others' instances are healthy. */
  setHealth(scope: Scope, serviceId: string, instanceId: string, healthy: boolean): Promise<void>;
  instances(scope: Scope, serviceId: string): Promise<DirectoryInstance[]>;
  /** Calls back after a commit that changed the instances of a service. @returns what ends it */
  onInstances(listener: (scope: Scope, serviceId: string) => void): () => void;
}
