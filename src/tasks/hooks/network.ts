import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { TaskNetworking } from "../ports.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** Makes the task's elastic network interface real, and gives it back. */
export function networkHook(networking: TaskNetworking, clock: Clock): TaskHook {
  return {
    name: "network",
    async prepare(task) {
      try {
        const network = await networking.attachInterface(task.scope, task.eni.interfaceId);
        return {
          network,
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
