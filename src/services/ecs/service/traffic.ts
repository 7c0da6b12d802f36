import type { DeploymentDiscovery } from "../discovery/deployment-discovery.ts";
import type { ServiceRecord } from "./service-record.ts";
import type { ServiceDeploymentRecord } from "./service-deployment-record.ts";

/**
 * A way for requests to reach a service's tasks, which can send a part of them to the one revision and the rest to the
 * other. What is to go where is in the service deployment's lifecycle.
 */
export interface TrafficShifter {
  /** Whether requests reach a deployment's tasks this way. */
  carries(version: DeploymentDiscovery): boolean;
  /**
   * Has requests go where the lifecycle of the service deployment says, test traffic and production traffic; resolves when
   * all who send them know. May be repeated, and takes up what is half done.
   */
  shift(service: ServiceRecord, deployment: ServiceDeploymentRecord): Promise<void>;
}

/** Whether requests reach a deployment's tasks by a way that ECS manages. Nobody shifts those of others. */
export function hasManagedTraffic({ serviceConnect }: DeploymentDiscovery): boolean {
  return (serviceConnect?.ports.length ?? 0) > 0;
}
