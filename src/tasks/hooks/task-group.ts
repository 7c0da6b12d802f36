import type { ComputeBackend } from "../../compute/backend.ts";
import type { TaskHook } from "./hook.ts";

/** The task's cgroup: all its containers together get the CPU and memory of the task. */
export function taskGroupHook(compute: ComputeBackend): TaskHook {
  return {
    name: "task-group",
    async prepare(task) {
      await compute.ensureTaskGroup({
        taskId: task.taskId,
        cpuUnits: task.cpu,
        memoryMiB: task.memoryMiB,
        ...(task.isolation ? { isolation: task.isolation } : {}),
        sharedPids: task.definition.pidMode === "task",
      });
      return {};
    },
    async teardown(task) {
      await compute.removeTaskGroup(task.taskId);
    },
  };
}
