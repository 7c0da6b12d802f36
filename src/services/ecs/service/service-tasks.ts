import { AwsError } from "../../../base/errors.ts";
import { spreadOverZones, type Plan, type StopCause } from "../../../control/service-plan.ts";
import { retirementReason } from "../../../tasks/retirement.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import { defaultLogMode, rootArn } from "../account-settings.ts";
import type { Ecs } from "../ecs.ts";
import { publishServiceAction } from "../events/service-events.ts";
import { capacityProblem } from "../fargate.ts";
import { launchTask, managedTags } from "../launch.ts";
import { placement } from "../network-configuration.ts";
import { requireTaskRoles } from "../roles.ts";
import { mergeTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";
import { configuredVolume, volumeTags } from "../volume-configuration.ts";
import { UNHEALTHY_REASON } from "./failures.ts";
import { say, sayWhile, TROUBLESHOOTING, withoutCondition } from "./say.ts";
import { groupOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

/**
 * Of a service in one round, so that one that wants hundreds does not keep the others waiting; about the 500 a minute of
 * https://docs.aws.amazon.com/general/latest/gr/ecs-service.html, "Rate of tasks launched by a service on AWS Fargate".
 */
const MAX_LAUNCHED_AT_ONCE = 10;
/** When a task cannot be placed, the next try. */
const PLACEMENT_RETRY_MS = 15_000;

/** A task that ECS itself cannot launch: services tell it in other words than a task that cannot be placed. */
class LaunchFailure extends AwsError {}

function asLaunchFailure(cause: unknown): never {
  throw cause instanceof AwsError ? new LaunchFailure(cause.code, cause.message) : cause;
}

/** Has a task of a service stop because of a deployment's wishes; again for one that stops already does nothing. */
export async function stopForScaling(ecs: Ecs, task: TaskRecord, deploymentId: string): Promise<void> {
  if (task.desiredStatus === "RUNNING") await stopTask(ecs, task, scalingReason(deploymentId));
}

async function stopTask(ecs: Ecs, { scope, taskId }: TaskRecord, reason: string): Promise<void> {
  await ecs.engine.requestStop(scope, taskId, "ServiceSchedulerInitiated", reason);
}

function scalingReason(deploymentId: string): string {
  return `Scaling activity initiated by (deployment ${deploymentId})`;
}

/** The `stoppedReason` of a task, by why it is stopped. */
function stoppedReasons(deploymentId: string, serviceName: string): Record<StopCause, string> {
  return {
    scaling: scalingReason(deploymentId),
    rebalancing: `Availability-zone rebalancing initiated by (deployment ${deploymentId})`,
    maintenance: retirementReason(serviceName),
    unhealthy: UNHEALTHY_REASON,
  };
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
  plan: Pick<Plan, "stop" | "unhealthy">,
): Promise<ServiceRecord> {
  const about = taskSetId(service, deploymentId);
  let next = sayUnhealthy(ecs, service, plan.unhealthy, about);
  const reasons = stoppedReasons(deploymentId, service.serviceName);
  const stopping: TaskRecord[] = [];
  const moved: TaskRecord[] = [];
  for (const { taskId, cause } of plan.stop) {
    const task = tasks.find((one) => one.taskId === taskId)!;
    (cause === "rebalancing" ? moved : stopping).push(task);
    await stopTask(ecs, task, reasons[cause]);
  }
  const running = stopping.filter((task) => task.lastStatus === "RUNNING");
  if (running.length)
    next = say(ecs, next, `has stopped ${running.length} running tasks: ${taskList(running)}.`, about);
  await publishTasks(ecs, service, "TASKS_STOPPED", [...running, ...moved]);
  if (stopping.length > running.length)
    next = say(ecs, next, `stopped ${stopping.length - running.length} pending tasks.`, about);
  for (const [zone, inZone] of Map.groupBy(moved, (task) => task.eni.availabilityZone)) {
    const text = `has stopped ${inZone.length} running tasks in ${zone} due to AZ rebalancing: ${taskList(inZone)}.`;
    next = say(ecs, next, text, about);
  }
  return next;
}

async function publishTasks(
  ecs: Ecs,
  service: ServiceRecord,
  eventName: "TASKS_STARTED" | "TASKS_STOPPED",
  tasks: readonly TaskRecord[],
): Promise<void> {
  if (tasks.length)
    await publishServiceAction(ecs, service, { eventName, taskArns: tasks.map(({ taskArn }) => taskArn) });
}

/** Says of each task once that it is unhealthy: it may run on until another has taken its place. */
function sayUnhealthy(ecs: Ecs, service: ServiceRecord, unhealthy: readonly string[], about?: string): ServiceRecord {
  let next = service;
  for (const taskId of unhealthy) {
    const text = `(task ${taskId}) failed container health checks.`;
    if (!service.events.some(({ message }) => message.endsWith(text))) next = say(ecs, next, text, about);
  }
  return next;
}

/** What came of starting tasks. */
export interface Started {
  /** With the events that tell of it. */
  service: ServiceRecord;
  tasks: TaskRecord[];
  /** When to try again, as milliseconds since 1970, after a failure. */
  retryAt: number | undefined;
}

/** What to start. */
export type Launch = Pick<Plan, "start" | "capacityProviders"> & {
  /** How many of them take the place of unhealthy tasks. */
  replacements?: number;
  /** Where, one for each; spread over the zones of the deployment's subnets unless told. */
  zones?: readonly string[];
};

/**
 * Starts tasks of a deployment, as many as Fargate launches now, and says so; what hinders that becomes an event.
 * @param tasks beside which the zones of the new ones are spread
 */
export async function startTasks(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
  wanted: Launch,
): Promise<Started> {
  if (wanted.start === 0) return { service, tasks: [], retryAt: undefined };
  // The rest follows in the next rounds, which these launches wake.
  const launch = { ...wanted, start: Math.min(wanted.start, MAX_LAUNCHED_AT_ONCE) };
  const about = taskSetId(service, deployment.id);
  const providers = Array.from({ length: launch.start }, (_, index) => launch.capacityProviders[index]);
  const { granted, retryAfterMs } = ecs.launchRates.take(service.scope, providers);
  const now = ecs.clock.now();
  let next = service;
  let retryAt: number | undefined;
  if (granted < launch.start) {
    next = sayWhile(ecs, next, "throttled", "operations are being throttled. Will try again later.", about);
    retryAt = now + retryAfterMs;
  } else next = withoutCondition(next, "throttled", about);
  const { started, problem } = await launchTasks(ecs, next, deployment, tasks, { ...launch, start: granted });
  if (started.length && !problem) {
    next = withoutCondition(next, "placement", about);
    next = withoutCondition(next, "configuration", about);
  }
  if (problem) {
    const zone = wanted.zones?.[started.length];
    const unplaced =
      zone === undefined
        ? `was unable to place a task. Reason: ${problem.message}. ${TROUBLESHOOTING}`
        : `is unable to place a task in ${zone}.`;
    next =
      problem instanceof LaunchFailure
        ? sayWhile(ecs, next, "configuration", `failed to launch a task with (error ${problem.message}).`, about)
        : sayWhile(ecs, next, "placement", unplaced, about);
    retryAt = now + PLACEMENT_RETRY_MS;
  }
  // Others are told by their own state changes alone.
  if (wanted.zones) await publishTasks(ecs, service, "TASKS_STARTED", started);
  return { service: sayStarted(ecs, next, deployment.id, started, launch), tasks: started, retryAt };
}

interface Launched {
  started: TaskRecord[];
  /** What ended it early. */
  problem: AwsError | undefined;
}

/** Makes tasks until all are there or one cannot be made. */
async function launchTasks(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
  { start: count, capacityProviders, zones: wanted }: Launch,
): Promise<Launched> {
  const started: TaskRecord[] = [];
  try {
    const definition = await findTaskDefinition(ecs, service.scope, deployment.taskDefinition);
    if (!definition) throw new AwsError("ClientException", "TaskDefinition not found.");
    const problem = capacityProblem(definition.definition);
    if (problem) throw new AwsError("ClientException", problem.reason);
    await requireTaskRoles(ecs, service.scope, definition.definition).catch(asLaunchFailure);
    const subnets = await placement(ecs, service.scope, deployment.network);
    const spread = () =>
      spreadOverZones(
        [...new Set(subnets.map((subnet) => subnet.availabilityZone))],
        tasks.filter((task) => task.desiredStatus === "RUNNING").map((task) => ({ zone: task.eni.availabilityZone })),
        count,
      );
    const zones = wanted?.slice(0, count) ?? spread();
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
    return { started, problem: cause };
  }
  return { started, problem: undefined };
}

function sayStarted(
  ecs: Ecs,
  service: ServiceRecord,
  deploymentId: string,
  started: readonly TaskRecord[],
  { replacements = 0, zones }: Launch,
): ServiceRecord {
  if (!started.length) return service;
  const about = taskSetId(service, deploymentId);
  if (zones) return sayPerZone(ecs, service, started, about);
  const replaced = Math.min(replacements, started.length);
  const why = replaced ? `  Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : "";
  return say(ecs, service, `has started ${started.length} tasks: ${taskList(started)}.${why}`, about);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing-event-messages-list.html */
function sayPerZone(ecs: Ecs, service: ServiceRecord, started: readonly TaskRecord[], about?: string): ServiceRecord {
  let next = service;
  for (const [zone, inZone] of Map.groupBy(started, (task) => task.eni.availabilityZone)) {
    const text = `has started ${inZone.length} tasks in ${zone} to AZ Rebalance: ${taskList(inZone)}.`;
    next = say(ecs, next, text, about);
  }
  return next;
}

/** What the events of a service with task sets name beside it. */
function taskSetId(service: ServiceRecord, deploymentId: string): string | undefined {
  return service.deploymentController === "EXTERNAL" ? deploymentId : undefined;
}

const taskList = (tasks: readonly TaskRecord[]) => tasks.map((task) => `(task ${task.taskId})`).join(" ");
