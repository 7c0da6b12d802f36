import type { TaskFiles } from "../task-files.ts";
import type { TaskHook } from "./hook.ts";

/** The files every container of the task sees: resolv.conf, hosts, hostname. Needs the network hook's answer. */
export function filesHook(files: TaskFiles): TaskHook {
  return {
    name: "files",
    async prepare(task) {
      await files.write(task);
      return {};
    },
    teardown: (task) => files.remove(task),
  };
}
