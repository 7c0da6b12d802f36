import { AwsError } from "../../../base/errors.ts";
import { deploymentBounds, type Plan } from "../../../control/service-plan.ts";
import { balanceZones, type ZoneBalance } from "../../../control/zone-balance.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { publishServiceAction } from "../events/service-events.ts";
import { placement } from "../network-configuration.ts";
import { say, sayWhile, withoutCondition } from "./say.ts";
import { primaryOf, withDeployment, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import { startTasks, type Started } from "./service-tasks.ts";

/**
 * Evens out a steady service over its zones: starts tasks in the emptiest, which take the places of others as soon as they
 * are healthy.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 * @param tasks of the service, unfinished ones
 */
export async function rebalance(
  ecs: Ecs,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
  plan: Pick<Plan, "complete">,
): Promise<Omit<Started, "tasks">> {
  const primary = primaryOf(service);
  const unchanged = { service, retryAt: undefined };
  if (!service.rebalancing || primary.rolloutState !== "COMPLETED")
    return { ...unchanged, service: await asStopped(ecs, service) };
  if (!plan.complete) return unchanged;
  // What was to be moved may have failed to start.
  if (ecs.clock.now() < primary.nextStartAt) return { service, retryAt: primary.nextStartAt };
  const zones = await zonesOf(ecs, service, primary);
  if (zones.length < 2) return unchanged;
  const { maximum } = deploymentBounds(service);
  const balance = balanceZones(zones, tasks.map(asBalanced(ecs.clock.now())), maximum - tasks.length);
  if (balance.isBalanced) return { ...unchanged, service: await asBalancedAgain(ecs, service, balance) };
  const told = await asUnbalanced(ecs, service, balance);
  if (!balance.moves.length) return { ...unchanged, service: told };
  const from = balance.moves.map((move) => tasks.find(({ taskId }) => taskId === move.from.taskId)!);
  const started = await startTasks(ecs, told, primary, tasks, {
    start: balance.moves.length,
    capacityProviders: from.map(({ capacityProvider }) => capacityProvider).filter((one) => one !== undefined),
    zones: balance.moves.map(({ zone }) => zone),
  });
  const moves = started.tasks.map(({ taskId }, index) => ({ taskId, from: from[index]!.taskId }));
  return {
    service: moves.length ? withDeployment(started.service, { ...primary, moves }) : started.service,
    retryAt: started.retryAt,
  };
}

const asBalanced = (now: number) => (task: TaskRecord) => ({
  taskId: task.taskId,
  zone: task.eni.availabilityZone,
  isProtected: task.protectedUntil !== undefined && task.protectedUntil.getTime() > now,
});

/** The zones of a deployment's subnets, sorted; none while they cannot be found. */
async function zonesOf(ecs: Ecs, { scope }: ServiceRecord, { network }: DeploymentRecord): Promise<string[]> {
  if ((network.subnets?.length ?? 0) < 2) return [];
  try {
    const subnets = await placement(ecs, scope, network);
    return [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))].toSorted();
  } catch (cause) {
    if (cause instanceof AwsError) return [];
    throw cause;
  }
}

/*
 * How it goes, in the service's events and as service actions:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing-event-messages-list.html
 */

const isUnbalanced = ({ conditions }: ServiceRecord) => conditions?.["unbalanced"] !== undefined;

async function asUnbalanced(ecs: Ecs, service: ServiceRecord, balance: ZoneBalance): Promise<ServiceRecord> {
  if (!isUnbalanced(service)) await publishServiceAction(ecs, service, { eventName: "SERVICE_REBALANCING_STARTED" });
  const text = `is not AZ balanced with ${countsText(balance)}. AZ Rebalancing in progress.`;
  const told = sayWhile(ecs, service, "unbalanced", text);
  const { blockedBy } = balance;
  if (!blockedBy) return withoutCondition(told, "immovable");
  if (!told.conditions?.["immovable"])
    await publishServiceAction(ecs, service, { eventName: "TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION" });
  const why = `(taskSet ${primaryOf(service).id}) was unable to scale in due to (reason ${blockedBy} tasks under protection)`;
  return sayWhile(ecs, told, "immovable", `was unable to AZ Rebalance because ${why}.`);
}

async function asBalancedAgain(ecs: Ecs, service: ServiceRecord, balance: ZoneBalance): Promise<ServiceRecord> {
  if (!isUnbalanced(service)) return service;
  await publishServiceAction(ecs, service, { eventName: "SERVICE_REBALANCING_COMPLETED" });
  return say(ecs, over(service), `is AZ balanced with ${countsText(balance)}.`);
}

/** A deployment, or the user, puts an end to it. */
async function asStopped(ecs: Ecs, service: ServiceRecord): Promise<ServiceRecord> {
  if (!isUnbalanced(service)) return service;
  await publishServiceAction(ecs, service, { eventName: "SERVICE_REBALANCING_STOPPED" });
  return say(ecs, over(service), "stopped AZ Rebalancing.");
}

function over(service: ServiceRecord): ServiceRecord {
  return withoutCondition(withoutCondition(service, "unbalanced"), "immovable");
}

function countsText({ counts }: ZoneBalance): string {
  const each = counts.map(({ zone, count }) => `${count} tasks in ${zone}`);
  return `${each.slice(0, -1).join(", ")}, and ${each.at(-1)}`;
}
