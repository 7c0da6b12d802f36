import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { ComputeBackend } from "../../compute/backend.ts";
import type { TaskNetworking } from "../ports.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";
import { ensureUserNamespace } from "./user-namespace.ts";

/** Makes the task's elastic network interface real, and gives it back. */
export function networkHook(networking: TaskNetworking, compute: ComputeBackend, clock: Clock): TaskHook {
  return {
    name: "network",
    async prepare(task) {
      try {
        const userNamespace = await ensureUserNamespace(compute, task);
        const { scope, eni } = task;
        const network = await networking.attachInterface(scope, eni.interfaceId, userNamespace?.path);
        return {
          network,
          ...(userNamespace || task.userNamespace ? { userNamespace } : {}),
          ...(task.connectivityAt ? {} : { connectivityAt: new Date(clock.now()) }),
          ...(task.lastStatus === "PROVISIONING" ? { lastStatus: "PENDING" as const } : {}),
        };
      } catch (cause) {
        throw new TaskStartError(`ResourceInitializationError: failed to configure ENI: ${messageOf(cause)}`);
      }
    },
    async teardown(task) {
      await networking.releaseInterface(task.scope, task.eni.interfaceId);
    },
  };
}
