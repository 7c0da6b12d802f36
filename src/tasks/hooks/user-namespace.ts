import type { ComputeBackend, UserNamespace } from "../../compute/backend.ts";
import type { TaskRecord } from "../task-record.ts";
import type { TaskHook } from "./hook.ts";

/**
 * The users that a task has of its own on the tier runc, if it does; in a gVisor sandbox it has a kernel of its own. Made
 * by the first hook that needs them.
 */
export async function ensureUserNamespace(
  compute: ComputeBackend,
  { taskId, isolation }: TaskRecord,
): Promise<UserNamespace | undefined> {
  return isolation === "gvisor" ? undefined : await compute.ensureUserNamespace(taskId);
}

/** Gives them back when nothing of the task is left that has them: its stage is the first, which is taken down last. */
export function userNamespaceHook(compute: ComputeBackend): TaskHook {
  return {
    name: "user-namespace",
    prepare: async () => ({}),
    teardown: (task) => compute.removeUserNamespace(task.taskId),
  };
}
