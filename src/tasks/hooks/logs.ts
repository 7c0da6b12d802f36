import type { Clock } from "../../base/clock.ts";
import { AwsError, messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { parseFlag, type LogOptions } from "../log-options.ts";
import type { CloudWatchTarget, LogRoute, SplunkTarget } from "../log-route.ts";
import { compileMultilinePattern, PatternError } from "../log-shipper/multiline-pattern.ts";
import { compileRe2 } from "../log-shipper/re2-matcher.ts";
import { shipRest } from "../log-shipper/ship-rest.ts";
import { verifySplunk } from "../log-shipper/splunk-client.ts";
import { unknownInTag } from "../log-tag.ts";
import { ExecutionRoleError, type ExecutionRole, type LogAction, type LogShipper, type LogSink } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import { definitionOf, type TaskRecord } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

export interface LogsHookParts {
  sink: LogSink;
  /** Makes the streams. */
  role: ExecutionRole;
  shipper: LogShipper;
  files: TaskFiles;
  clock: Clock;
  log: Logger;
}

/** A driver that does not come up; the message is its own. */
class DriverError extends Error {}

/** What a container's stream, or its group, could not be made for. */
class StreamError extends Error {
  readonly code: string;

  constructor(what: "group" | "stream", { code, message }: AwsError | ExecutionRoleError) {
    super(`failed to create Cloudwatch log ${what}: ${code}: ${message} : exit status 1`);
    this.code = code;
  }
}

/** Sees to it that all output can be taken before anything can write, and ships the last lines when all has ended. */
export function logsHook({ sink, role, shipper, files, clock, log }: LogsHookParts): TaskHook {
  return {
    name: "logs",
    async prepare(task, signal) {
      await Promise.all(
        namesOf(task).map(async (name) => {
          try {
            const found = routeOf(task, files, name);
            if (found) await initialize(found, { sink, role, signal });
          } catch (cause) {
            const reason = reasonOf(cause);
            if (reason === undefined) throw cause;
            throw new TaskStartError(`ResourceInitializationError: ${reason}`, name);
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
        else if (!(await shipRest(shipper, found.route, clock))) {
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

interface InitializeParts {
  sink: LogSink;
  role: ExecutionRole;
  signal: AbortSignal;
}

async function initialize({ route, options }: NamedRoute, parts: InitializeParts): Promise<void> {
  const { target } = route;
  if (target.driver === "awslogs") {
    if (target.multilinePattern) compileMultilinePattern(target.multilinePattern);
    await makeStream(target, parseFlag(options["awslogs-create-group"] ?? "") ?? false, parts);
  }
  if (target.driver === "splunk") await initializeSplunk(target, options, parts.signal);
}

/** As Docker's driver does: the stream first; when there is no group for it and one is wanted, the group, and the stream again. */
async function makeStream(
  target: CloudWatchTarget,
  createGroup: boolean,
  { sink, role }: InitializeParts,
): Promise<void> {
  const attempt = async (what: "group" | "stream", action: LogAction) => {
    try {
      await role.authorizeLogs(action, target, () =>
        sink.ensureStream(target.scope, target.group, target.stream, what === "group"),
      );
    } catch (cause) {
      if (cause instanceof AwsError || cause instanceof ExecutionRoleError) throw new StreamError(what, cause);
      throw cause;
    }
  };
  try {
    await attempt("stream", "logs:CreateLogStream");
  } catch (cause) {
    if (!createGroup || !(cause instanceof StreamError) || cause.code !== "ResourceNotFoundException") throw cause;
    await attempt("group", "logs:CreateLogGroup");
    await attempt("stream", "logs:CreateLogStream");
  }
}

async function initializeSplunk(target: SplunkTarget, options: LogOptions, signal: AbortSignal): Promise<void> {
  const unknown = unknownInTag(options["tag"] ?? "");
  if (unknown !== undefined) throw new DriverError(`template: log-tag: "${unknown}" is not a field of a log tag`);
  for (const pattern of [options["labels-regex"], options["env-regex"]]) if (pattern) checkPattern(pattern);
  if (parseFlag(options["splunk-verify-connection"] ?? "") === false) return;
  try {
    await verifySplunk(target, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new DriverError(messageOf(cause));
  }
}

/** @throws DriverError */
function checkPattern(pattern: string): void {
  try {
    compileRe2(pattern);
  } catch (cause) {
    throw new DriverError(messageOf(cause));
  }
}

/** In the words of the drivers; `undefined` for what is none of their failures. */
function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof StreamError)
    return `failed to validate logger args: create stream has been retried 1 times: ${cause.message}`;
  if (cause instanceof PatternError || cause instanceof DriverError)
    return `failed to initialize logging driver: unable to create stream: ${cause.message}`;
  return undefined;
}
