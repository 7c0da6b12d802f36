import type {
  AwsVpcConfiguration,
  DeploymentRolloutState,
  PropagateTags,
  ServiceEvent,
  ServiceRevisionCleanup,
  ServiceVolumeConfiguration,
  Tag,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";
import type { StrategyItem } from "../../../control/capacity-strategy.ts";
import type { BreakerThreshold } from "../../../control/circuit-breaker.ts";
import type { DeploymentDiscovery } from "../discovery/deployment-discovery.ts";
import type { StagedSettings } from "./staged-configuration.ts";

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
  /** In a deployment with stages: percent of the desired count that it is kept at; otherwise its status says it. */
  scalePercent?: number;
  rolloutState: DeploymentRolloutState;
  rolloutStateReason: string;
  /** Consecutive tasks that failed before they were healthy. */
  failedTasks: number;
  /** How many of its tasks were healthy when it was last looked at. */
  healthyTasks: number;
  /** When this one fails, too, there is nothing to go back to. */
  isRollback?: boolean;
  /** Up to when (milliseconds since 1970) ended tasks have been counted, and which of the last minute before that. */
  countedUntil: number;
  countedIds: string[];
  /** Consecutive tasks that never reached RUNNING, for the throttle. */
  startFailures: number;
  /** The earliest time of the next start, milliseconds since 1970. */
  nextStartAt: number;
  /** Tasks that take the places of others, of fuller zones, as soon as they are healthy. */
  moves?: { taskId: string; from: string }[];
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
  /** Whether a task that becomes healthy ends the count of failures; it does unless told. */
  resetOnHealthyTask?: boolean;
  /** How many failures trip it; 50 percent of the desired count, bounded, unless told. */
  threshold?: BreakerThreshold;
}

/** When a rolling deployment is over before all of its tasks are healthy. */
export interface EarlySuccess {
  /** Of the desired count. */
  healthyPercent: number;
  /** Whether the tasks before must be gone first, or go later. */
  cleanup: ServiceRevisionCleanup;
}

/** How a service deploys. What is absent is off, also in what earlier releases have stored. */
export interface DeploymentSettings extends StagedSettings {
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: CircuitBreaker;
  /** CloudWatch alarms as they were given, watched or not. */
  alarms?: { alarmNames: string[]; enable: boolean; rollback: boolean };
  bakeTimeInMinutes?: number;
  earlySuccess?: EarlySuccess;
}

/** What a service is said to suffer from, or to enjoy: said once, and again every six hours while it lasts. */
export type ServiceCondition =
  | "steady"
  /** No task can be started: there is no place for it, its roles do not work, its like fails, launches are limited. */
  | "placement"
  | "configuration"
  | "failing"
  | "impaired"
  | "throttled"
  /** What is there cannot be changed: by the percentages, by task protection. */
  | "stuck"
  | "blocked"
  | "immovable"
  | "unbalanced";

/** A service, with all the scheduler needs. */
export interface ServiceRecord extends DeploymentSettings {
  scope: Scope;
  serviceName: string;
  serviceArn: string;
  clusterName: string;
  clusterArn: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  /** Who deploys it: Amazon ECS, unless task sets are made and removed from outside. */
  deploymentController?: "EXTERNAL";
  /** As the user asked: `LATEST` stays `LATEST`. */
  platformVersion: string;
  healthCheckGracePeriodSeconds: number;
  /** Whether tasks are moved between zones; not in what earlier releases have stored. */
  rebalancing?: boolean;
  /** The primary deployment first. */
  deployments: DeploymentRecord[];
  /** What the last completed deployment rolled out: where a rollback goes. */
  lastCompleted?: Pick<DeploymentRecord, "id" | "revision" | "imageDigests"> & DeploymentVersion;
  /** Newest first, 100 at most. */
  events: Required<ServiceEvent>[];
  /** What was last said of each {@link ServiceCondition}, milliseconds since 1970; nothing of one that is over. */
  conditions?: Partial<Record<string, { message: string; saidAt: number }>>;
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

/** How many tasks a deployment of a service is to have. */
export function requestedCount(
  { desiredCount }: Pick<ServiceRecord, "desiredCount">,
  { status, scalePercent = status === "PRIMARY" ? 100 : 0 }: Pick<DeploymentRecord, "status" | "scalePercent">,
): number {
  return Math.ceil((desiredCount * scalePercent) / 100);
}

/** The number of the service revision that a deployment runs. */
export function revisionOf({ id, revision }: Pick<DeploymentRecord, "id" | "revision">): string {
  return revision ?? id.slice("ecs-svc/".length);
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
