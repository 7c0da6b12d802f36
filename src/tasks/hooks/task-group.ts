import type { ComputeBackend } from "../../compute/backend.ts";
import type { TaskHook } from "./hook.ts";
import { ensureUserNamespace } from "./user-namespace.ts";

/** The task's cgroup: all its containers together get the CPU and memory of the task. */
export function taskGroupHook(compute: ComputeBackend): TaskHook {
  return {
    name: "task-group",
    async prepare(task) {
      const sharedPids = task.definition.pidMode === "task";
      const userNamespace = sharedPids ? await ensureUserNamespace(compute, task) : undefined;
      await compute.ensureTaskGroup({
        taskId: task.taskId,
        cpuUnits: task.cpu,
        memoryMiB: task.memoryMiB,
        ...(task.isolation ? { isolation: task.isolation } : {}),
        sharedPids,
        ...(userNamespace ? { userNamespace } : {}),
      });
      return {};
    },
    async teardown(task) {
      await compute.removeTaskGroup(task.taskId);
    },
  };
}
