import type { ComputeBackend } from "../../compute/backend.ts";
import type { TaskFiles } from "../task-files.ts";
import type { TaskHook } from "./hook.ts";

/** The files every container of the task sees: resolv.conf, hosts, hostname. Needs the network hook's answer. */
export function filesHook(files: TaskFiles, compute: Pick<ComputeBackend, "hasFiles">): TaskHook {
  return {
    name: "files",
    async prepare(task) {
      if (compute.hasFiles) await files.write(task);
      return {};
    },
    teardown: (task) => files.remove(task),
  };
}
