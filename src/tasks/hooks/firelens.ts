import { chmod, mkdir } from "node:fs/promises";
import { writeFileAtomic } from "../../base/files.ts";
import { firelensConfig, FirelensConfigError } from "../firelens/config.ts";
import { firelensConfigFile, firelensSocketFolder, routerOf } from "../firelens/router.ts";
import type { TaskFiles } from "../task-files.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** What a FireLens router finds when it starts: its configuration, and the folder for its socket. */
export function firelensHook(files: TaskFiles): TaskHook {
  return {
    name: "firelens",
    async prepare(task) {
      const router = routerOf(task);
      if (!router) return {};
      const folder = files.folder(task);
      try {
        writeFileAtomic(firelensConfigFile(folder), firelensConfig(task, router), 0o644);
      } catch (cause) {
        if (!(cause instanceof FirelensConfigError)) throw cause;
        throw new TaskStartError(
          `ResourceInitializationError: unable to generate firelens config file: unable to generate firelens config: ${cause.message}`,
          router.containerName,
        );
      }
      await chmod(firelensConfigFile(folder), 0o644); // whatever the umask
      await mkdir(firelensSocketFolder(folder), { recursive: true });
      await chmod(firelensSocketFolder(folder), 0o777); // the router need not run as root; the task's folder is shut
      return {};
    },
    async teardown() {}, // it goes with the task's folder
  };
}
