import type {
  AwsVpcConfiguration,
  DeploymentRolloutState,
  PropagateTags,
  ServiceEvent,
  ServiceVolumeConfiguration,
  Tag,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";
import type { StrategyItem } from "../../../control/capacity-strategy.ts";
import type { DeploymentDiscovery } from "../discovery/deployment-discovery.ts";

/** One deployment: a version of the service that is rolled out. */
export interface DeploymentRecord extends DeploymentDiscovery {
  /** `ecs-svc/` and 19 digits; its tasks carry it as `startedBy`. */
  id: string;
  status: "PRIMARY" | "ACTIVE";
  /** The service revision that it runs, 19 digits: the id's own, but for a rollback. Absent in what earlier releases have stored. */
  revision?: string;
  taskDefinition: string;
  platformVersion: string;
  network: AwsVpcConfiguration;
  rolloutState: DeploymentRolloutState;
  rolloutStateReason: string;
  /** Consecutive tasks that failed before they were healthy. */
  failedTasks: number;
  /** How many of its tasks were healthy when it was last looked at. */
  healthyTasks: number;
  /** Made by the circuit breaker: when this one fails, too, there is nothing to go back to. */
  isRollback?: boolean;
  /** Up to when (milliseconds since 1970) ended tasks have been counted, and which of the last minute before that. */
  countedUntil: number;
  countedIds: string[];
  /** Consecutive tasks that never reached RUNNING, for the throttle. */
  startFailures: number;
  /** The earliest time of the next start, milliseconds since 1970. */
  nextStartAt: number;
  /** Container name → digest its tag was resolved to: all tasks of a deployment run the same image. */
  imageDigests: Record<string, string>;
  /** Where its tasks run; absent for the launch type. */
  strategy?: StrategyItem[];
  /** As they were given. */
  volumeConfigurations?: ServiceVolumeConfiguration[];
  createdAt: Date;
  updatedAt: Date;
}

/** What a deployment rolls out. */
export type DeploymentVersion = Pick<
  DeploymentRecord,
  "taskDefinition" | "platformVersion" | "network" | "volumeConfigurations" | "strategy" | keyof DeploymentDiscovery
>;

export interface CircuitBreaker {
  enable: boolean;
  rollback: boolean;
}

/** A service, with all the scheduler needs. */
export interface ServiceRecord {
  scope: Scope;
  serviceName: string;
  serviceArn: string;
  clusterName: string;
  clusterArn: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  /** As the user asked: `LATEST` stays `LATEST`. */
  platformVersion: string;
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: CircuitBreaker;
  healthCheckGracePeriodSeconds: number;
  /** The primary deployment first. */
  deployments: DeploymentRecord[];
  /** What the last completed deployment rolled out: where a rollback goes. */
  lastCompleted?: Pick<DeploymentRecord, "id" | "imageDigests"> & DeploymentVersion;
  /** Newest first, 100 at most. */
  events: Required<ServiceEvent>[];
  steady: boolean;
  /** The service deployment that goes on, or was the last one. Absent in what earlier releases have stored. */
  serviceDeploymentId?: string;
  tags: Tag[];
  propagateTags: PropagateTags;
  enableECSManagedTags: boolean;
  /** Of the tasks that are launched from now on. Absent in what earlier releases have stored. */
  enableExecuteCommand?: boolean;
  clientToken?: string;
  createdAt: Date;
  createdBy: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html: "Only the 100 most recent events". */
const MAX_EVENTS = 100;

/** The service with one more event. */
export function withEvent(service: ServiceRecord, id: string, createdAt: Date, message: string): ServiceRecord {
  return { ...service, events: [{ id, createdAt, message }, ...service.events].slice(0, MAX_EVENTS) };
}

/** The `group` of a service's tasks. */
export function groupOf(serviceName: string): string {
  return `service:${serviceName}`;
}

/** The deployment that tasks are started for. */
export function primaryOf(service: ServiceRecord): DeploymentRecord {
  const primary = service.deployments.find((deployment) => deployment.status === "PRIMARY");
  if (!primary) throw new Error(`service ${service.serviceArn} has no primary deployment`);
  return primary;
}

/** All that its tasks run, the primary deployment first, and last what they may be rolled back to. */
export function versionsOf({
  deployments,
  lastCompleted,
}: Pick<ServiceRecord, "deployments" | "lastCompleted">): (Pick<DeploymentRecord, "id"> & DeploymentVersion)[] {
  return lastCompleted ? [...deployments, lastCompleted] : deployments;
}

/** The service with one of its deployments changed. */
export function withDeployment(service: ServiceRecord, deployment: DeploymentRecord): ServiceRecord {
  return {
    ...service,
    deployments: service.deployments.map((one) => (one.id === deployment.id ? deployment : one)),
  };
}
