import type { AccessKeyLookup } from "../identity/access-key.ts";
import type { SessionCredentials, Sessions } from "../identity/sessions.ts";
import type { TaskRecord } from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";

/** As with ECS: what is handed out is valid for six hours, and there is something newer an hour before it ends. */
const VALID_MS = 6 * 60 * 60 * 1000;
const RENEWED_EVERY_MS = 5 * 60 * 60 * 1000;

/** The ARN of the role that a task's containers act as; `undefined` when it has none. */
export function taskRoleArn({ definition, overrides, scope }: TaskRecord): string | undefined {
  const role = overrides.taskRoleArn || definition.taskRoleArn;
  // ECS takes a role's name as well.
  return !role || role.startsWith("arn:") ? role : `arn:aws:iam::${scope.account}:role/${role}`;
}

/**
 * The credentials of a task's role that are to be used now, or `undefined` when it has no role. They are made from the
 * task and the time alone: asked again before they are renewed, also by another process, there are the same.
 * @param now milliseconds since 1970
 */
export function taskCredentials(task: TaskRecord, sessions: Sessions, now: number): SessionCredentials | undefined {
  const roleArn = taskRoleArn(task);
  if (!roleArn || !task.credentialsId) return undefined;
  const createdAt = Math.floor(task.createdAt.getTime() / 1000) * 1000;
  const renewals = Math.max(0, Math.floor((now - createdAt) / RENEWED_EVERY_MS));
  return sessions.issue({
    roleArn,
    sessionName: task.taskId,
    ...task.scope,
    expiresAt: createdAt + renewals * RENEWED_EVERY_MS + VALID_MS,
  });
}

/** The keys of the roles of tasks, for those who check signatures. A key is one as long as its task lives. */
export function taskRoleKeys(sessions: Sessions, tasks: Pick<TaskStore, "get">): AccessKeyLookup {
  return async (accessKeyId, sessionToken) => {
    const found = sessionToken === undefined ? undefined : sessions.find(accessKeyId, sessionToken);
    if (!found) return undefined;
    const task = await tasks.get(found.session, found.session.sessionName);
    return task && task.lastStatus !== "STOPPED" ? found.key : undefined;
  };
}
