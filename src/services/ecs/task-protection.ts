import type { Failure, ProtectedTask } from "@aws-sdk/client-ecs";
import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { ProtectionWish, TaskProtection } from "../../tasks/agent-endpoint/task-protection.ts";
import { UNFINISHED, type TaskRecord } from "../../tasks/task-record.ts";
import type { TaskRoles } from "../../tasks/task-role.ts";
import type { Invoke } from "../../wire/invoke.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import type { Ecs } from "./ecs.ts";
import { invalidParameter } from "./errors.ts";
import { arnNamed } from "./named-resources.ts";
import { groupOf } from "./service/service-record.ts";
import { totalDesiredCount } from "./service/task-sets/find.ts";
import type { ClusterRecord } from "./store.ts";
import { findTask } from "./task-reference.ts";

/** Minutes. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2880;

const SERVICE_GROUP = groupOf("");

/** What became of the tasks that a call named. */
export interface ProtectionAnswer {
  protectedTasks: ProtectedTask[];
  failures: Failure[];
}

/**
 * How tasks of services are protected.
 * @param references ids or ARNs
 * @throws AwsError InvalidParameterException
 */
export async function getProtection(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  references: readonly string[],
): Promise<ProtectionAnswer> {
  return await forEach(ecs, scope, cluster, references, async (task) => view(task, ecs.clock.now()));
}

/**
 * Protects tasks of services from scale-in and deployments for some time, or no longer; all in one transaction.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 * @throws AwsError InvalidParameterException
 */
export async function updateProtection(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  references: readonly string[],
  { protectionEnabled, expiresInMinutes = DEFAULT_MINUTES }: ProtectionWish,
): Promise<ProtectionAnswer> {
  if (protectionEnabled && (expiresInMinutes < 1 || expiresInMinutes > MAX_MINUTES))
    throw invalidParameter(`expiresInMinutes must be between 1 and ${MAX_MINUTES}.`);
  return await ecs.transaction(() =>
    forEach(ecs, scope, cluster, references, async (task) => {
      const now = ecs.clock.now();
      if (protectionEnabled && (await isBlocked(ecs, task, cluster, now)))
        return { arn: task.taskArn, reason: "DEPLOYMENT_BLOCKED" };
      // Whole seconds, as the agent shows times.
      const until = new Date(Math.ceil(now / 1000) * 1000 + expiresInMinutes * 60_000);
      const changed = await ecs.engine.tasks.update(task.scope, task.taskId, (current) => ({
        ...current,
        protectedUntil: protectionEnabled ? until : undefined,
      }));
      return view(changed!, now);
    }),
  );
}

type EcsSdk = typeof import("@aws-sdk/client-ecs");

export interface TaskProtectionParts {
  /** ECS itself. */
  service: ServiceDefinition;
  invoke: Invoke;
  roles: Pick<TaskRoles, "taskCaller">;
  clock: Pick<Clock, "now">;
}

/** What a task asks of its own protection at its endpoint: its role must be allowed to. */
export function taskProtection({ service, invoke, roles, clock }: TaskProtectionParts): TaskProtection {
  const callerOf = async (task: TaskRecord) => {
    const caller = await roles.taskCaller(task, clock.now());
    if (!caller)
      throw new AwsError(
        "AccessDeniedException",
        "Invalid Request: no task IAM role credentials available for task",
        403,
      );
    return caller;
  };
  const about = ({ clusterArn, taskArn }: TaskRecord) => ({ cluster: clusterArn, tasks: [taskArn] });
  return {
    get: async (task) =>
      await invoke<EcsSdk, "GetTaskProtection">(
        service,
        "GetTaskProtection",
        about(task),
        await callerOf(task),
        task.scope,
      ),
    update: async (task, wish) =>
      await invoke<EcsSdk, "UpdateTaskProtection">(
        service,
        "UpdateTaskProtection",
        { ...about(task), ...wish },
        await callerOf(task),
        task.scope,
      ),
  };
}

/** Whether scale-in and deployments must leave a task alone now. */
export function isProtected({ protectedUntil }: Pick<TaskRecord, "protectedUntil">, now: number): boolean {
  return protectedUntil !== undefined && protectedUntil.getTime() > now;
}

function view(task: TaskRecord, now: number): ProtectedTask {
  const { taskArn, protectedUntil } = task;
  return isProtected(task, now)
    ? { taskArn, protectionEnabled: true, expirationDate: protectedUntil }
    : { taskArn, protectionEnabled: false };
}

/** Does something with each task of a service that is named and has not been told to stop; the others are failures. */
async function forEach(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  references: readonly string[],
  act: (task: TaskRecord) => Promise<ProtectedTask | Required<Pick<Failure, "arn" | "reason">>>,
): Promise<ProtectionAnswer> {
  const answer: ProtectionAnswer = { protectedTasks: [], failures: [] };
  for (const reference of new Set(references)) {
    const task = await findTask(ecs, scope, cluster, reference);
    const arn = arnNamed(scope, `task/${cluster.clusterName}/`, reference);
    if (!task) answer.failures.push({ arn, reason: "MISSING" });
    else if (!task.group.startsWith(SERVICE_GROUP) || task.desiredStatus === "STOPPED")
      answer.failures.push({ arn, reason: "TASK_NOT_VALID" });
    else {
      const done = await act(task);
      if ("reason" in done) answer.failures.push(done);
      else answer.protectedTasks.push(done);
    }
  }
  return answer;
}

/** Whether the service has more protected tasks than it should have tasks at all: then no protection is begun or extended. */
async function isBlocked(ecs: Ecs, task: TaskRecord, cluster: ClusterRecord, now: number): Promise<boolean> {
  const name = task.group.slice(SERVICE_GROUP.length);
  const service = await ecs.store.services.get(scopeKey(task.scope), `${cluster.clusterName}/${name}`);
  if (!service) return false;
  const tasks = await ecs.engine.tasks.list(task.scope, {
    where: { cluster: task.clusterArn, task_group: task.group, last_status: UNFINISHED, desired_status: "RUNNING" },
  });
  return tasks.filter((one) => isProtected(one, now)).length > (await totalDesiredCount(ecs, service));
}
