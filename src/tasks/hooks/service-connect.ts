import { messageOf } from "../../base/errors.ts";
import type { TaskDiscovery } from "../discovery.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** The task's Service Connect proxy: containers find it from their first instant, and lose it after their last. */
export function serviceConnectHook(discovery: TaskDiscovery): TaskHook {
  return {
    name: "service-connect",
    async prepare(task) {
      if (!task.proxy) return {};
      try {
        await discovery.ensureProxy(task);
      } catch (cause) {
        throw new TaskStartError(
          `ResourceInitializationError: failed to start the Service Connect proxy: ${messageOf(cause)}`,
        );
      }
      return { proxy: { ...task.proxy, running: true } };
    },
    async teardown(task) {
      if (task.proxy) await discovery.removeProxy(task);
    },
  };
}
