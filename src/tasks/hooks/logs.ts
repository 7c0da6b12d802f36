import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { LogShipper, LogSink } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

export interface LogsHookParts {
  sink: LogSink;
  shipper: LogShipper;
  files: TaskFiles;
  clock: Clock;
  log: Logger;
}

/** How long a task waits for its last lines to be stored. */
const FINISH_MS = 30_000;

/** Makes the log streams before anything can write, and ships the last lines when all has ended. */
export function logsHook({ sink, shipper, files, clock, log }: LogsHookParts): TaskHook {
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
        if (!route || container.phase !== "STOPPED") continue;
        // A log store that fails must not keep the task, and its addresses, for ever.
        const late = new AbortController();
        await Promise.race([
          shipper.finish(route),
          clock.sleep(FINISH_MS, late.signal).then(
            () =>
              log.error(
                { container: container.id },
                "the last lines of a container could not be stored and are dropped",
              ),
            () => {},
          ),
        ]).finally(() => late.abort());
      }
    },
  };
}
