import { executionRoleArn } from "../task-role.ts";
import { ExecutionRoleError, type ExecutionRole } from "../ports.ts";
import { executionResourceError, operationError } from "../secrets/failures.ts";
import { hasSecrets } from "../secrets/references.ts";
import { retrieveLogins, retrieveSecrets } from "../secrets/retrieve.ts";
import type { TaskSecrets } from "../secrets/task-secrets.ts";
import { definitionOf, type TaskRecord } from "../task-record.ts";
import type { TaskHook } from "./hook.ts";

/** What the execution role fetches before anything else: the task's secrets, and the right to pull its images. */
export function executionResourcesHook(role: ExecutionRole, secrets: TaskSecrets): TaskHook {
  const authorizeRegistry = async (task: TaskRecord) => {
    if (executionRoleArn(task) === undefined) return;
    for (const container of task.containers)
      try {
        await role.authorizeRegistry(task, definitionOf(task, container).image!);
      } catch (cause) {
        if (!(cause instanceof ExecutionRoleError)) throw cause;
        throw executionResourceError(
          "unable to retrieve ecr registry auth",
          operationError("ECR: GetAuthorizationToken", cause),
        );
      }
  };
  return {
    name: "execution-resources",
    async prepare(task) {
      if (task.containers.every(({ phase }) => phase !== "NONE")) return {};
      // A container that is made after a crash has the secrets of before.
      if (hasSecrets(task) && !secrets.has(task)) secrets.keep(task.taskId, await retrieveSecrets(task, role));
      await authorizeRegistry(task);
      secrets.keepLogins(task.taskId, await retrieveLogins(task, role));
      return {};
    },
    async teardown(task) {
      secrets.remove(task.taskId);
    },
  };
}
