import type { DeploymentLifecycleHookStage } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import type { Ecs } from "../ecs.ts";
import type { DeploymentRecord, ServiceRecord } from "../service/service-record.ts";

/** What publishing needs. */
type Publisher = Pick<Ecs, "events" | "clock">;
/** The service that an event is about. */
type Subject = Pick<ServiceRecord, "scope" | "serviceArn" | "clusterArn">;
type EventType = "INFO" | "WARN" | "ERROR";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html, and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing-events.html. A desired count that a user
 * updates is not told: only one that the scheduler computes.
 */
const ACTIONS = {
  SERVICE_STEADY_STATE: "INFO",
  TASKSET_STEADY_STATE: "INFO",
  CAPACITY_PROVIDER_STEADY_STATE: "INFO",
  SERVICE_DESIRED_COUNT_UPDATED: "INFO",
  TASKS_STARTED: "INFO",
  TASKS_STOPPED: "INFO",
  SERVICE_REBALANCING_STARTED: "INFO",
  SERVICE_REBALANCING_COMPLETED: "INFO",
  SERVICE_REBALANCING_STOPPED: "INFO",
  TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION: "INFO",
  SERVICE_TASK_START_IMPAIRED: "WARN",
  SERVICE_DISCOVERY_INSTANCE_UNHEALTHY: "WARN",
  ECS_OPERATION_THROTTLED: "ERROR",
  SERVICE_DISCOVERY_OPERATION_THROTTLED: "ERROR",
  SERVICE_TASK_PLACEMENT_FAILURE: "ERROR",
  SERVICE_TASK_CONFIGURATION_FAILURE: "ERROR",
  SERVICE_HEALTH_UNKNOWN: "ERROR",
} as const satisfies Record<string, EventType>;

/** Something that the service scheduler did or met, with what the event of that name says of it. */
export interface ServiceAction {
  eventName: keyof typeof ACTIONS;
  /** Of failures. `RESOURCE:FARGATE` when there is no capacity. */
  reason?: string;
  /** Names, such as `FARGATE_SPOT`: those that reached a steady state, or had no place for a task. */
  capacityProviders?: readonly string[];
  /** Those that were started, or stopped. */
  taskArns?: readonly string[];
  taskSetArns?: readonly string[];
  /** The registries that have an unhealthy instance. */
  serviceRegistryArns?: readonly string[];
  /** The one that was computed. */
  desiredCount?: number;
}

/** Tells an `ECS Service Action`, in the transaction of the change that it is about. */
export async function publishServiceAction(ecs: Publisher, service: Subject, action: ServiceAction): Promise<void> {
  const now = new Date(ecs.clock.now());
  await publish(ecs, service, "ECS Service Action", now, [service.serviceArn], serviceAction(service, action, now));
}

/** The `detail` of an `ECS Service Action`. */
export function serviceAction(service: Subject, action: ServiceAction, createdAt: Date) {
  const { eventName, capacityProviders, ...more } = action;
  const arn = (name: string) => formatArn("ecs", service.scope, `capacity-provider/${name}`);
  return {
    eventType: ACTIONS[eventName],
    eventName,
    clusterArn: service.clusterArn,
    ...(capacityProviders ? { capacityProviderArns: capacityProviders.map(arn) } : {}),
    ...more,
    createdAt,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
const DEPLOYMENT_STATES = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: "INFO",
  SERVICE_DEPLOYMENT_COMPLETED: "INFO",
  SERVICE_DEPLOYMENT_FAILED: "ERROR",
} as const satisfies Record<string, EventType>;

export type DeploymentEventName = keyof typeof DEPLOYMENT_STATES;

/**
 * Tells an `ECS Deployment State Change`, in the transaction of that change.
 * @param reason as the deployment's `rolloutStateReason`
 */
export async function publishDeploymentStateChange(
  ecs: Publisher,
  service: Subject,
  deployment: Pick<DeploymentRecord, "id" | "updatedAt">,
  eventName: DeploymentEventName,
  reason: string,
): Promise<void> {
  const detail = deploymentStateChange(deployment, eventName, reason);
  const now = new Date(ecs.clock.now());
  await publish(ecs, service, "ECS Deployment State Change", now, [service.serviceArn], detail);
}

/** The `detail` of an `ECS Deployment State Change`. */
export function deploymentStateChange(
  { id: deploymentId, updatedAt }: Pick<DeploymentRecord, "id" | "updatedAt">,
  eventName: DeploymentEventName,
  reason: string,
) {
  return { eventType: DEPLOYMENT_STATES[eventName], eventName, deploymentId, updatedAt, reason };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_hook_state_change_events.html */
const HOOK_STATES = {
  HOOK_IN_PROGRESS: "INFO",
  HOOK_AWAITING_ACTION: "INFO",
  HOOK_SUCCEEDED: "INFO",
  HOOK_FAILED: "ERROR",
  HOOK_TIMED_OUT: "ERROR",
} as const satisfies Record<string, EventType>;

/** A lifecycle hook of a deployment that goes on. */
export interface HookState {
  eventName: keyof typeof HOOK_STATES;
  hookId: string;
  hookType: "AWS_LAMBDA" | "PAUSE";
  lifecycleStage: DeploymentLifecycleHookStage;
  serviceDeploymentArn: string;
  /** When one that waits is over by itself. */
  expiresAt?: Date;
}

/** Tells an `ECS Hook State Change`, in the transaction of that change. */
export async function publishHookStateChange(ecs: Publisher, service: Subject, hook: HookState): Promise<void> {
  const now = new Date(ecs.clock.now());
  const detail = hookStateChange(service, hook, now);
  await publish(ecs, service, "ECS Hook State Change", now, [hook.serviceDeploymentArn], detail);
}

/** The `detail` of an `ECS Hook State Change`. */
export function hookStateChange(service: Subject, hook: HookState, updatedAt: Date) {
  const { eventName, hookId, hookType, lifecycleStage, serviceDeploymentArn, expiresAt } = hook;
  return {
    eventType: HOOK_STATES[eventName],
    eventName,
    hookId,
    hookType,
    ...(expiresAt ? { expiresAt } : {}),
    lifecycleStage,
    clusterArn: service.clusterArn,
    serviceArn: service.serviceArn,
    serviceDeploymentArn,
    updatedAt,
  };
}

async function publish(
  ecs: Publisher,
  { scope }: Subject,
  detailType: string,
  time: Date,
  resources: string[],
  detail: object,
): Promise<void> {
  await ecs.events.publish(scope, { source: "aws.ecs", detailType, resources, detail, time });
}
