import type { ServiceConnectConfiguration, ServiceRegistry } from "@aws-sdk/client-ecs";
import type { ProxyHeaderRule, ProxyProtocol } from "../../../balancer/service-connect.ts";
import type { TaskClientRoute } from "../../../tasks/discovery-record.ts";

/** The Cloud Map service that a deployment's tasks are registered with. */
export interface DeploymentRegistry {
  /** As it was given. */
  registry: ServiceRegistry;
  serviceId: string;
  hasCustomHealth: boolean;
  /** What `AWS_INSTANCE_PORT` says. */
  port?: number;
}

/** A port that a Service Connect service offers to its namespace, every default filled in. */
export interface ExposedPort {
  discoveryName: string;
  /** The client alias. */
  dnsName: string;
  aliasPort: number;
  containerPort: number;
  ingressPort: number;
  protocol: ProxyProtocol;
  /** 0 for none. */
  idleTimeoutSeconds: number;
  /** 0 for none, and of `tcp`. */
  perRequestTimeoutSeconds: number;
  /** What test traffic is told by; AWS's header, unless told. */
  testHeader?: ProxyHeaderRule;
}

/** An {@link ExposedPort} with the Cloud Map service that ECS keeps for it. */
export interface RegisteredPort extends ExposedPort {
  serviceId: string;
  discoveryArn: string;
}

/** Service Connect as one deployment has it. */
export interface DeploymentServiceConnect {
  /** As it was given, with the namespace that it came to. */
  configuration: ServiceConnectConfiguration;
  namespaceId: string;
  ports: RegisteredPort[];
  /** Every client alias of the namespace when the deployment was made: its tasks know these and no later ones. */
  clients: TaskClientRoute[];
}

/** How the tasks of a deployment are found, and find others. */
export interface DeploymentDiscovery {
  registry?: DeploymentRegistry;
  /** Of a task set: what it is called elsewhere. */
  externalId?: string;
  serviceConnect?: DeploymentServiceConnect;
}
