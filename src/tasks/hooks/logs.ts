import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { LogRoute, LogShipper, LogSink } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf, type TaskRecord } from "../task-record.ts";
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
      for (const { route, options, name } of routesOf(task, files)) {
        try {
          const createGroup = options["awslogs-create-group"] === "true";
          await sink.ensureStream(route.scope, route.group, route.stream, createGroup);
        } catch (cause) {
          if (!(cause instanceof AwsError)) throw cause;
          throw new TaskStartError(
            `ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: ${cause.code}: ${cause.message}`,
            name,
          );
        }
      }
      const proxy = files.proxyLogRoute(task);
      if (proxy) await shipper.follow(proxy);
      return {};
    },
    async teardown(task) {
      for (const { route, ended } of routesOf(task, files)) {
        if (!ended) continue;
        // A log store that fails must not keep the task, and its addresses, for ever.
        const late = new AbortController();
        await Promise.race([
          shipper.finish(route),
          clock.sleep(FINISH_MS, late.signal).then(
            () =>
              log.error(
                { container: route.containerId },
                "the last lines of a container could not be stored and are dropped",
              ),
            () => {},
          ),
        ]).finally(() => late.abort());
      }
    },
  };
}

interface NamedRoute {
  /** The container's. */
  name: string;
  route: LogRoute;
  options: Record<string, string>;
  /** Whether it will write nothing more. */
  ended: boolean;
}

/** The routes of all containers that log, and of the Service Connect proxy. */
function routesOf(task: TaskRecord, files: TaskFiles): NamedRoute[] {
  const routes: NamedRoute[] = [];
  for (const container of task.containers) {
    const route = files.logRoute(task, container);
    const options = definitionOf(task, container).logConfiguration?.options ?? {};
    if (route) routes.push({ name: container.name, route, options, ended: container.phase === "STOPPED" });
  }
  const proxy = files.proxyLogRoute(task);
  // Its hook's teardown is before this one's.
  if (proxy && task.proxy)
    routes.push({ name: task.proxy.containerName, route: proxy, options: task.proxy.logOptions ?? {}, ended: true });
  return routes;
}
