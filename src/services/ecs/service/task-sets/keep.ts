import { earliest } from "../../../../base/earliest.ts";
import { failpoint } from "../../../../base/failpoint.ts";
import { scopeKey } from "../../../../base/scope.ts";
import type { Plan } from "../../../../control/service-plan.ts";
import type { TaskRecord } from "../../../../tasks/task-record.ts";
import type { Ecs } from "../../ecs.ts";
import { publishServiceAction } from "../../events/service-events.ts";
import { countFailures, withoutStartTrouble } from "../count-failures.ts";
import { saveService } from "../find.ts";
import { planDeployment } from "../plan-tasks.ts";
import { publishConditions } from "../rollout.ts";
import { REPEAT_MS, say, sayWhile, withoutCondition } from "../say.ts";
import type { DeploymentRecord, ServiceCondition, ServiceRecord } from "../service-record.ts";
import { startTasks, stopForScaling, stopTasks } from "../service-tasks.ts";
import { saveTaskSet, taskSetsOf } from "./find.ts";
import { wantedCount } from "./scale.ts";
import { taskSetArn, taskSetKey, type TaskSetRecord } from "./task-set-record.ts";

/** Each task set is kept as a steady service of its own: an unhealthy task is replaced before it is stopped. */
const STEADY = { minimumHealthyPercent: 100, maximumPercent: 200 };

const OF_TASK_SETS = ["placement", "configuration", "throttled", "blocked"] as const satisfies ServiceCondition[];

/**
 * One round of a service whose deployments somebody else controls: every task set is kept at its share of the service's
 * desired count.
 * @param tasks of the service, unfinished ones
 * @returns when to look again, milliseconds since 1970, if nothing happens before
 */
export async function keepTaskSets(
  ecs: Ecs,
  found: ServiceRecord,
  tasks: readonly TaskRecord[],
): Promise<number | undefined> {
  let service = found;
  const times: (number | undefined)[] = [];
  const left: TaskSetRecord[] = [];
  if (service.status === "DRAINING") for (const task of tasks) await stopForScaling(ecs, task, task.startedBy ?? "");
  for (const taskSet of await taskSetsOf(ecs, service)) {
    const own = tasks.filter(({ startedBy }) => startedBy === taskSet.deployment.id);
    const round = await keepTaskSet(ecs, service, taskSet, own);
    service = round.service;
    times.push(...round.lookAgainAt);
    if (round.taskSet) left.push(round.taskSet);
  }
  service = withSteadiness(ecs, service, left);
  const primary = left.find(({ status }) => status === "PRIMARY");
  await publishConditions(ecs, found, service, primary?.deployment.strategy);
  if (service.status === "DRAINING" && !left.length && !tasks.length) service = asInactive(service);
  if (service !== found) await saveService(ecs, service);
  const saidAt = service.conditions?.["steady"]?.saidAt;
  if (saidAt !== undefined) times.push(saidAt + REPEAT_MS);
  return earliest(times);
}

function asInactive({ conditions: _over, ...service }: ServiceRecord): ServiceRecord {
  return { ...service, status: "INACTIVE" };
}

interface Round {
  service: ServiceRecord;
  /** Nothing when it was deleted and has drained. */
  taskSet: TaskSetRecord | undefined;
  lookAgainAt: (number | undefined)[];
}

/** One round of one task set. @param own its unfinished tasks */
async function keepTaskSet(
  ecs: Ecs,
  before: ServiceRecord,
  found: TaskSetRecord,
  own: readonly TaskRecord[],
): Promise<Round> {
  if (found.status === "DRAINING" && !own.length) {
    await ecs.store.taskSets.delete(scopeKey(found.scope), taskSetKey(found));
    return { service: withoutTaskSet(before, found.deployment.id), taskSet: undefined, lookAgainAt: [] };
  }
  const counted = await countFailures(ecs, { service: before, deployment: found.deployment }, found.deployment.id);
  const seen = counted.deployment === found.deployment ? found : { ...found, deployment: counted.deployment };
  let { service, taskSet } = await withWantedCount(ecs, counted.service, seen);
  const { deployment } = taskSet;
  const plan = planDeployment(ecs, service, deployment, own, {
    ...STEADY,
    desiredCount: taskSet.plannedCount,
    primaryMayStart: taskSet.status !== "DRAINING",
  });
  ({ service, taskSet } = withHealthy(service, taskSet, plan));
  ({ service, taskSet } = await withStability(ecs, service, taskSet, plan));
  service = plan.blocked
    ? sayBlocked(ecs, service, deployment.id, own)
    : withoutCondition(service, "blocked", deployment.id);
  service = await stopTasks(ecs, service, deployment.id, own, plan);
  if (plan.stop.length) failpoint("ecs.task-set-stopped");
  const started = await startTasks(ecs, service, deployment, own, plan);
  if (plan.start) failpoint("ecs.task-set-started");
  const named = { id: deployment.id, arn: taskSetArn(taskSet) };
  await publishConditions(ecs, before, started.service, deployment.strategy, named);
  if (taskSet !== found) await saveTaskSet(ecs, taskSet);
  return { service: started.service, taskSet, lookAgainAt: [plan.lookAgainAt, started.retryAt] };
}

interface Both {
  service: ServiceRecord;
  taskSet: TaskSetRecord;
}

/** Computes the desired count anew: from the service's, and the task set's scale. */
async function withWantedCount(ecs: Ecs, service: ServiceRecord, taskSet: TaskSetRecord): Promise<Both> {
  const desiredCount = wantedCount(service, taskSet);
  if (desiredCount === taskSet.plannedCount) return { service, taskSet };
  await publishServiceAction(ecs, service, {
    eventName: "SERVICE_DESIRED_COUNT_UPDATED",
    ...inTaskSet(taskSet),
    desiredCount,
  });
  const now = new Date(ecs.clock.now());
  return {
    service: say(ecs, service, `updated computedDesiredCount for taskSet ${taskSet.deployment.id} to ${desiredCount}.`),
    taskSet: { ...unstable(taskSet, now), plannedCount: desiredCount, updatedAt: now },
  };
}

/** A task that has become healthy ends the row of failures; one that stays healthy does not. */
function withHealthy(service: ServiceRecord, taskSet: TaskSetRecord, { healthyCount }: Plan): Both {
  const { deployment } = taskSet;
  if (healthyCount === deployment.healthyTasks) return { service, taskSet };
  const more = healthyCount > deployment.healthyTasks;
  const reset: Partial<DeploymentRecord> = more ? { failedTasks: 0, startFailures: 0 } : {};
  return {
    service: more ? withoutStartTrouble(service, deployment.id) : service,
    taskSet: { ...taskSet, deployment: { ...deployment, ...reset, healthyTasks: healthyCount } },
  };
}

/** What was said of a task set is over with it. */
function withoutTaskSet(service: ServiceRecord, id: string): ServiceRecord {
  return OF_TASK_SETS.reduce(
    (next, condition) => withoutCondition(next, condition, id),
    withoutStartTrouble(service, id),
  );
}

/** Steady is what has just the tasks that it is to have, all of them healthy. */
async function withStability(ecs: Ecs, service: ServiceRecord, taskSet: TaskSetRecord, plan: Plan): Promise<Both> {
  const now = new Date(ecs.clock.now());
  if (!plan.complete || taskSet.status === "DRAINING") return { service, taskSet: unstable(taskSet, now) };
  if (taskSet.stability === "STEADY_STATE") return { service, taskSet };
  await publishServiceAction(ecs, service, { eventName: "TASKSET_STEADY_STATE", ...inTaskSet(taskSet) });
  return {
    service: say(ecs, service, "updated state to STEADY_STATE.", taskSet.deployment.id),
    taskSet: { ...taskSet, stability: "STEADY_STATE", stabilityAt: now },
  };
}

function unstable(taskSet: TaskSetRecord, now: Date): TaskSetRecord {
  return taskSet.stability === "STABILIZING" ? taskSet : { ...taskSet, stability: "STABILIZING", stabilityAt: now };
}

/** There are more protected tasks than the task set is to have tasks. */
function sayBlocked(ecs: Ecs, service: ServiceRecord, id: string, own: readonly TaskRecord[]): ServiceRecord {
  const now = ecs.clock.now();
  const count = own.filter(({ protectedUntil }) => protectedUntil && protectedUntil.getTime() > now).length;
  const text = `was unable to scale in due to (reason ${count} tasks under protection)`;
  return sayWhile(ecs, service, "blocked", text, id);
}

/** A service is steady when all its task sets are, of which none is about to go. */
function withSteadiness(ecs: Ecs, service: ServiceRecord, taskSets: readonly TaskSetRecord[]): ServiceRecord {
  const steady = taskSets.length > 0 && taskSets.every(({ stability }) => stability === "STEADY_STATE");
  return steady ? sayWhile(ecs, service, "steady", "has reached a steady state.") : withoutCondition(service, "steady");
}

const inTaskSet = (taskSet: TaskSetRecord) => ({ taskSetArns: [taskSetArn(taskSet)] });
