import { parseArn } from "../../../../base/arn.ts";
import { scopeKey } from "../../../../base/scope.ts";
import type { Ecs } from "../../ecs.ts";
import { invalidParameter, taskSetNotFound } from "../../errors.ts";
import type { ServiceRecord } from "../service-record.ts";
import { wantedCount } from "./scale.ts";
import { taskSetKey, type TaskSetRecord } from "./task-set-record.ts";

const ID = /^ecs-svc\/(\d+)$/;

/** @throws AwsError InvalidParameterException when ECS itself deploys the service */
export function requireExternal(service: ServiceRecord): void {
  if (service.deploymentController !== "EXTERNAL")
    throw invalidParameter(
      "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
    );
}

/** The task sets of a service, the oldest first. */
export async function taskSetsOf(ecs: Pick<Ecs, "store">, service: ServiceRecord): Promise<TaskSetRecord[]> {
  const found = await ecs.store.taskSets.list(scopeKey(service.scope), { where: { service: service.serviceArn } });
  return found.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/**
 * A task set of a service by id or ARN.
 * @throws AwsError InvalidParameterException when the reference is neither
 */
export async function lookUpTaskSet(
  ecs: Pick<Ecs, "store">,
  { scope, clusterName, serviceName }: ServiceRecord,
  reference: string,
): Promise<TaskSetRecord | undefined> {
  const arn = parseArn(reference);
  const [type, cluster, service, ...rest] = arn
    ? arn.resource.split("/")
    : ["task-set", clusterName, serviceName, reference];
  const digits = ID.exec(rest.join("/"))?.[1];
  if (type !== "task-set" || digits === undefined) throw invalidParameter("Task Set Identifier is invalid");
  const isHere =
    (!arn || (arn.account === scope.account && arn.region === scope.region)) &&
    cluster === clusterName &&
    service === serviceName;
  return isHere ? await ecs.store.taskSets.get(scopeKey(scope), `${clusterName}/${serviceName}/${digits}`) : undefined;
}

/** How many tasks a service is to have: those of its task sets, where it has such. */
export async function totalDesiredCount(ecs: Pick<Ecs, "store">, service: ServiceRecord): Promise<number> {
  if (service.deploymentController !== "EXTERNAL") return service.desiredCount;
  const taskSets = await taskSetsOf(ecs, service);
  return taskSets.reduce((sum, taskSet) => sum + wantedCount(service, taskSet), 0);
}

/** As {@link lookUpTaskSet}. @throws AwsError TaskSetNotFoundException */
export async function findTaskSet(
  ecs: Pick<Ecs, "store">,
  service: ServiceRecord,
  reference: string,
): Promise<TaskSetRecord> {
  const found = await lookUpTaskSet(ecs, service, reference);
  if (!found) throw taskSetNotFound();
  return found;
}

/** Stores a task set; in the caller's transaction, where there is one. */
export async function saveTaskSet(ecs: Pick<Ecs, "store">, taskSet: TaskSetRecord): Promise<void> {
  await ecs.store.taskSets.put(scopeKey(taskSet.scope), taskSetKey(taskSet), taskSet);
}

/**
 * An update takes the brakes off what could not be started.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export function unthrottled(taskSet: TaskSetRecord): TaskSetRecord {
  return { ...taskSet, deployment: { ...taskSet.deployment, startFailures: 0, nextStartAt: 0 } };
}

/** Has a task set's tasks stop; it goes when they have ended. Again for one that drains does nothing. */
export async function drainTaskSet(ecs: Pick<Ecs, "store" | "clock">, taskSet: TaskSetRecord): Promise<TaskSetRecord> {
  if (taskSet.status === "DRAINING") return taskSet;
  const now = new Date(ecs.clock.now());
  const draining: TaskSetRecord = {
    ...taskSet,
    status: "DRAINING",
    scale: 0,
    stability: "STABILIZING",
    stabilityAt: now,
    updatedAt: now,
  };
  await saveTaskSet(ecs, draining);
  return draining;
}
