import { AwsError } from "../../base/errors.ts";
import type { LogShipper, LogSink } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** Makes the log streams before anything can write, and ships the last lines when all has ended. */
export function logsHook(sink: LogSink, shipper: LogShipper, files: TaskFiles): TaskHook {
  return {
    name: "logs",
    async prepare(task) {
      for (const container of task.containers) {
        const route = files.logRoute(task, container);
        if (!route) continue;
        const createGroup =
          definitionOf(task, container).logConfiguration?.options?.["awslogs-create-group"] === "true";
        try {
          await sink.ensureStream(route.scope, route.group, route.stream, createGroup);
        } catch (cause) {
          if (!(cause instanceof AwsError)) throw cause;
          throw new TaskStartError(
            `ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: ${cause.code}: ${cause.message}`,
            container.name,
          );
        }
      }
      return {};
    },
    async teardown(task) {
      for (const container of task.containers) {
        const route = files.logRoute(task, container);
        if (route && container.phase === "STOPPED") await shipper.finish(route);
      }
    },
  };
}
