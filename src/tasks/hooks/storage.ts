import { DiskError } from "../../storage/disks.ts";
import type { EphemeralStorage } from "../ephemeral-storage.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** The task's disk: its ephemeral storage. */
export function storageHook(storage: EphemeralStorage): TaskHook {
  return {
    name: "storage",
    async prepare(task) {
      try {
        await storage.attach(task);
      } catch (cause) {
        if (cause instanceof DiskError) throw new TaskStartError(`CannotCreateVolumeError: ${cause.message}`);
        throw cause;
      }
      return {};
    },
    teardown: (task) => storage.remove(task.taskId),
  };
}
