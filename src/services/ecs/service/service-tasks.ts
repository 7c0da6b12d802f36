import { AwsError } from "../../../base/errors.ts";
import { spreadOverZones, type Plan, type PlanTask } from "../../../control/service-plan.ts";
import { retirementReason } from "../../../tasks/retirement.ts";
import { definitionOf, isEssential, taskHealth, type TaskRecord } from "../../../tasks/task-record.ts";
import { defaultLogMode, rootArn } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";
import { capacityProblem } from "../fargate.ts";
import { launchTask, managedTags } from "../launch.ts";
import { placement } from "../network-configuration.ts";
import { requireTaskRoles } from "../roles.ts";
import { mergeTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";
import { configuredVolume, volumeTags } from "../volume-configuration.ts";
import { UNHEALTHY_REASON } from "./failures.ts";
import { say, sayOnce, TROUBLESHOOTING } from "./say.ts";
import { groupOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

/** When a task cannot be placed, the next try. */
const PLACEMENT_RETRY_MS = 15_000;

/** A task that ECS itself cannot launch: services tell it in other words than a task that cannot be placed. */
class LaunchFailure extends AwsError {}

function asLaunchFailure(cause: unknown): never {
  throw cause instanceof AwsError ? new LaunchFailure(cause.code, cause.message) : cause;
}

/** A task as the planner sees it. */
export function planTask(task: TaskRecord): PlanTask {
  const checked = task.containers.some(
    (container) => isEssential(task, container) && definitionOf(task, container).healthCheck,
  );
  const health = taskHealth(task);
  return {
    taskId: task.taskId,
    deploymentId: task.startedBy ?? "",
    zone: task.eni.availabilityZone,
    ...(task.capacityProvider === undefined ? {} : { capacityProvider: task.capacityProvider }),
    phase: task.desiredStatus === "STOPPED" ? "stopping" : task.lastStatus === "RUNNING" ? "running" : "pending",
    health: !checked ? "none" : health === "HEALTHY" ? "healthy" : health === "UNHEALTHY" ? "unhealthy" : "unknown",
    createdAt: task.createdAt.getTime(),
    startedAt: task.startedAt?.getTime(),
    ...(task.retireAt ? { retireAt: task.retireAt.getTime() } : {}),
    ...(task.protectedUntil ? { protectedUntil: task.protectedUntil.getTime() } : {}),
  };
}

/** Has a task of a service stop because of a deployment's wishes; again for one that stops already does nothing. */
export async function stopForScaling(ecs: Ecs, task: TaskRecord, deploymentId: string): Promise<void> {
  if (task.desiredStatus === "RUNNING")
    await ecs.engine.requestStop(
      task.scope,
      task.taskId,
      "ServiceSchedulerInitiated",
      `Scaling activity initiated by (deployment ${deploymentId})`,
    );
}

/**
 * Stops what a plan says.
 * @param deploymentId whose scaling it is
 * @returns the service with the events that tell of it
 */
export async function stopTasks(
  ecs: Ecs,
  service: ServiceRecord,
  deploymentId: string,
  tasks: readonly TaskRecord[],
  plan: Pick<Plan, "stop">,
): Promise<ServiceRecord> {
  let next = service;
  const scaled = plan.stop
    .filter((one) => one.cause === "scaling")
    .map((one) => tasks.find((task) => task.taskId === one.taskId)!);
  for (const { taskId, cause } of plan.stop) {
    const task = tasks.find((one) => one.taskId === taskId)!;
    if (cause === "scaling") await stopForScaling(ecs, task, deploymentId);
    else if (cause === "maintenance")
      await ecs.engine.requestStop(
        task.scope,
        taskId,
        "ServiceSchedulerInitiated",
        retirementReason(service.serviceName),
      );
    else {
      await ecs.engine.requestStop(task.scope, taskId, "ServiceSchedulerInitiated", UNHEALTHY_REASON);
      next = say(ecs, next, `(task ${taskId}) failed container health checks.`);
    }
  }
  const running = scaled.filter((task) => task.lastStatus === "RUNNING");
  if (running.length) next = say(ecs, next, `has stopped ${running.length} running tasks: ${taskList(running)}.`);
  if (scaled.length > running.length) next = say(ecs, next, `stopped ${scaled.length - running.length} pending tasks.`);
  return next;
}

/** What came of starting tasks. */
export interface Started {
  /** With the events that tell of it. */
  service: ServiceRecord;
  /** When to try again, as milliseconds since 1970, after a failure. */
  retryAt: number | undefined;
}

/**
 * Starts tasks of a deployment, spread over the zones of its subnets; what hinders that becomes an event.
 * @param tasks of the service, unfinished ones
 */
export async function startTasks(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
  { start: count, capacityProviders }: Pick<Plan, "start" | "capacityProviders">,
): Promise<Started> {
  if (count === 0) return { service, retryAt: undefined };
  const started: TaskRecord[] = [];
  try {
    const definition = await findTaskDefinition(ecs, service.scope, deployment.taskDefinition);
    if (!definition) throw new AwsError("ClientException", "TaskDefinition not found.");
    const problem = capacityProblem(definition.definition);
    if (problem) throw new AwsError("ClientException", problem.reason);
    await requireTaskRoles(ecs, service.scope, definition.definition).catch(asLaunchFailure);
    const subnets = await placement(ecs, service.scope, deployment.network);
    const zones = spreadOverZones(
      [...new Set(subnets.map((subnet) => subnet.availabilityZone))],
      tasks.filter((task) => task.desiredStatus === "RUNNING").map((task) => ({ zone: task.eni.availabilityZone })),
      count,
    );
    const propagated =
      service.propagateTags === "SERVICE"
        ? service.tags
        : service.propagateTags === "TASK_DEFINITION"
          ? definition.tags
          : [];
    const managed = managedTags(service.enableECSManagedTags, service.clusterName, service.serviceName);
    const configured = configuredVolume(definition.definition, deployment.volumeConfigurations);
    const logMode = await defaultLogMode(ecs, service.scope, rootArn(service.scope));
    for (const zone of zones) {
      const inZone = subnets.filter((subnet) => subnet.availabilityZone === zone);
      started.push(
        await launchTask(ecs, {
          scope: service.scope,
          clusterName: service.clusterName,
          clusterArn: service.clusterArn,
          definition: definition.definition,
          overrides: {},
          group: groupOf(service.serviceName),
          startedBy: deployment.id,
          subnetId: inZone[started.length % inZone.length]!.subnetId,
          securityGroupIds: deployment.network.securityGroups ?? [],
          assignPublicIp: deployment.network.assignPublicIp ?? "DISABLED",
          platformVersion: deployment.platformVersion,
          enableExecuteCommand: service.enableExecuteCommand,
          capacityProvider: capacityProviders[started.length],
          logMode,
          imageDigests: deployment.imageDigests,
          discovery: { ...deployment, serviceName: service.serviceName, deploymentId: deployment.id },
          tags: mergeTags(propagated, managed),
          volume: configured && {
            ...configured,
            tags: volumeTags(configured, { definition: definition.tags, service: service.tags, managed }),
          },
        }),
      );
    }
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const text =
      cause instanceof LaunchFailure
        ? `failed to launch a task with (error ${cause.message}).`
        : `was unable to place a task. Reason: ${cause.message}. ${TROUBLESHOOTING}`;
    const failed = sayOnce(ecs, service, text);
    return { service: sayStarted(ecs, failed, started), retryAt: ecs.clock.now() + PLACEMENT_RETRY_MS };
  }
  return { service: sayStarted(ecs, service, started), retryAt: undefined };
}

function sayStarted(ecs: Ecs, service: ServiceRecord, started: readonly TaskRecord[]): ServiceRecord {
  return started.length ? say(ecs, service, `has started ${started.length} tasks: ${taskList(started)}.`) : service;
}

const taskList = (tasks: readonly TaskRecord[]) => tasks.map((task) => `(task ${task.taskId})`).join(" ");
