import type { Clock } from "../../base/clock.ts";
import { AwsError, messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { parseFlag, type LogOptions } from "../log-options.ts";
import type { LogRoute, SplunkTarget } from "../log-route.ts";
import { compileMultilinePattern, PatternError } from "../log-shipper/multiline-pattern.ts";
import { verifySplunk } from "../log-shipper/splunk-client.ts";
import { inTime } from "../in-time.ts";
import { unknownInTag } from "../log-tag.ts";
import type { LogShipper, LogSink } from "../ports.ts";
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

/** A driver that does not come up; the message is its own. */
class DriverError extends Error {}

/** How long a task waits for its last lines to be stored. */
const FINISH_MS = 30_000;

/** Sees to it that all output can be taken before anything can write, and ships the last lines when all has ended. */
export function logsHook({ sink, shipper, files, clock, log }: LogsHookParts): TaskHook {
  return {
    name: "logs",
    async prepare(task, signal) {
      await Promise.all(
        namesOf(task).map(async (name) => {
          try {
            const found = routeOf(task, files, name);
            if (found) await initialize(found, sink, signal);
          } catch (cause) {
            const reason = reasonOf(cause);
            if (reason === undefined) throw cause;
            throw new TaskStartError(
              `ResourceInitializationError: failed to initialize logging driver: ${reason}`,
              name,
            );
          }
        }),
      );
      const proxy = files.proxyLogRoute(task);
      if (proxy) await shipper.follow(proxy);
      return {};
    },
    async teardown(task) {
      for (const name of namesOf(task)) {
        const found = routeOf(task, files, name);
        if (!found?.ended) continue;
        // What a router did not take before it was stopped, nobody takes.
        if (found.route.target.driver === "awsfirelens") await shipper.discard(found.route);
        else if (!(await inTime(shipper.finish(found.route), FINISH_MS, clock))) {
          // A destination that fails must not keep the task, and its addresses, for ever.
          log.error(
            { container: found.route.containerId },
            "the last lines of a container could not be sent and are dropped",
          );
          await shipper.discard(found.route);
        }
      }
    },
  };
}

interface NamedRoute {
  route: LogRoute;
  options: LogOptions;
  /** Whether the container will write nothing more. */
  ended: boolean;
}

/** The containers, and the Service Connect proxy. */
function namesOf(task: TaskRecord): string[] {
  return [...task.containers.map(({ name }) => name), ...(task.proxy ? [task.proxy.containerName] : [])];
}

function routeOf(task: TaskRecord, files: TaskFiles, name: string): NamedRoute | undefined {
  const container = task.containers.find((one) => one.name === name);
  const route = container ? files.logRoute(task, container) : files.proxyLogRoute(task);
  if (!route) return undefined;
  const options = container ? definitionOf(task, container).logConfiguration?.options : task.proxy?.logOptions;
  // The proxy's hook is taken down before this one.
  return { route, options: options ?? {}, ended: container ? container.phase === "STOPPED" : true };
}

async function initialize({ route, options }: NamedRoute, sink: LogSink, signal: AbortSignal): Promise<void> {
  const { target } = route;
  if (target.driver === "awslogs") {
    if (target.multilinePattern) compileMultilinePattern(target.multilinePattern);
    const createGroup = parseFlag(options["awslogs-create-group"] ?? "") ?? false;
    await sink.ensureStream(target.scope, target.group, target.stream, createGroup);
  }
  if (target.driver === "splunk") await initializeSplunk(target, options, signal);
}

async function initializeSplunk(target: SplunkTarget, options: LogOptions, signal: AbortSignal): Promise<void> {
  const unknown = unknownInTag(options["tag"] ?? "");
  if (unknown !== undefined) throw new DriverError(`template: log-tag: "${unknown}" is not a field of a log tag`);
  if (parseFlag(options["splunk-verify-connection"] ?? "") === false) return;
  try {
    await verifySplunk(target, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new DriverError(messageOf(cause));
  }
}

/** In the words of the drivers; `undefined` for what is none of their failures. */
function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof AwsError) return `failed to create Cloudwatch log stream: ${cause.code}: ${cause.message}`;
  if (cause instanceof PatternError || cause instanceof DriverError) return `unable to create stream: ${cause.message}`;
  return undefined;
}
