import type { Scope } from "../base/scope.ts";
import type { Caller } from "../identity/caller.ts";
import { rolePrincipal, type SessionFacts } from "../identity/principal.ts";
import type { ServiceRoles } from "../identity/service-roles.ts";
import type { Session } from "../identity/session.ts";
import type { SessionCredentials, Sessions } from "../identity/sessions.ts";
import type { TaskRecord } from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";

/** The service that takes on the roles of tasks, as trust policies name it. */
export const ECS_TASKS = "ecs-tasks.amazonaws.com";

/** ECS itself, which takes on infrastructure roles, as trust policies name it. */
export const ECS = "ecs.amazonaws.com";

/** What ECS says of a role for volumes that it cannot act as. */
export function unableToAssumeInfrastructureRole(roleArn: string): string {
  return `ECS was unable to assume the configured ECS Infrastructure Role '${roleArn}'. Please verify that the role being passed has the proper trust relationship with Amazon ECS.`;
}

/** As with ECS: what is handed out is valid for six hours, and there is something newer an hour before it ends. */
const VALID_MS = 6 * 60 * 60 * 1000;
const RENEWED_EVERY_MS = 5 * 60 * 60 * 1000;

/** What calls of the engine in a task's name say that they come from. */
const ENGINE_USER_AGENT = "ecs-tasks.amazonaws.com";

/** The roles that tasks act as: their own, and the one that the engine acts as for them. */
export class TaskRoles {
  private readonly sessions: Sessions;
  private readonly roles: ServiceRoles;

  constructor(sessions: Sessions, roles: ServiceRoles) {
    this.sessions = sessions;
    this.roles = roles;
  }

  /**
   * The credentials of a task's role that are to be used now; `undefined` when it has no role, or one that is not there or
   * does not trust tasks. They follow from the task, the role and the time: asked again before they are renewed, also
   * after a restart, there are the same.
   * @param now milliseconds since 1970
   */
  async credentials(task: TaskRecord, now: number): Promise<SessionCredentials | undefined> {
    const roleArn = taskRoleArn(task);
    if (!roleArn || !task.credentialsId) return undefined;
    const role = await this.takeOn(roleArn, task, now);
    return role && this.sessions.issue(sessionOf(task, role, now));
  }

  /**
   * The engine as a task's own role, where it does for the task what the task itself would have to be allowed.
   * @returns `undefined` when the task has none, or one that is not there or does not trust tasks
   */
  async taskCaller(task: TaskRecord, now: number): Promise<Caller | undefined> {
    return await this.caller(taskRoleArn(task), task, now);
  }

  /**
   * The engine as the execution role of a task, to pull its images, read its secrets and write its logs.
   * @returns `undefined` when the task has none, or one that is not there or does not trust tasks
   */
  async executionCaller(task: TaskRecord, now: number): Promise<Caller | undefined> {
    return await this.caller(executionRoleArn(task), task, now);
  }

  private async caller(roleArn: string | undefined, task: TaskRecord, now: number): Promise<Caller | undefined> {
    const role = roleArn && (await this.takeOn(roleArn, task, now));
    if (!role) return undefined;
    const { facts } = sessionOf(task, role, now);
    return {
      // Never handed out: it has no keys.
      principal: rolePrincipal(role, task.taskId, facts, ""),
      region: task.scope.region,
      userAgent: ENGINE_USER_AGENT,
      secureTransport: true,
      at: now,
    };
  }

  private async takeOn(
    roleArn: string,
    task: TaskRecord,
    now: number,
  ): Promise<{ arn: string; id: string } | undefined> {
    const source = { account: task.scope.account, region: task.scope.region, arn: task.taskArn, at: now };
    return await this.roles.takeOn(roleArn, ECS_TASKS, source);
  }
}

/** The ARN of the role that a task's containers act as; `undefined` when it has none. */
export function taskRoleArn({ definition, overrides, scope }: TaskRecord): string | undefined {
  return arnOf(overrides.taskRoleArn || definition.taskRoleArn, scope);
}

/** The ARN of the role that the engine acts as for a task; `undefined` when it has none. */
export function executionRoleArn({ definition, overrides, scope }: TaskRecord): string | undefined {
  return arnOf(overrides.executionRoleArn || definition.executionRoleArn, scope);
}

/** Whether the task that a session belongs to still lives: for those who check signatures. */
export function taskLives(tasks: Pick<TaskStore, "get">): (scope: Scope, taskId: string) => Promise<boolean> {
  return async (scope, taskId) => {
    const task = await tasks.get(scope, taskId);
    return task !== undefined && task.lastStatus !== "STOPPED";
  };
}

/** ECS takes a role's name as well. */
function arnOf(role: string | undefined, { account }: Scope): string | undefined {
  return !role || role.startsWith("arn:") ? role || undefined : `arn:aws:iam::${account}:role/${role}`;
}

function sessionOf(task: TaskRecord, role: { arn: string; id: string }, now: number): Session {
  const createdAt = Math.floor(task.createdAt.getTime() / 1000) * 1000;
  const renewals = Math.max(0, Math.floor((now - createdAt) / RENEWED_EVERY_MS));
  const issuedAt = createdAt + renewals * RENEWED_EVERY_MS;
  const facts: SessionFacts = { issuedAt, expiresAt: issuedAt + VALID_MS };
  return {
    holder: { type: "AssumedRole", role: { arn: role.arn, id: role.id }, sessionName: task.taskId },
    facts,
    region: task.scope.region,
    taskId: task.taskId,
  };
}
