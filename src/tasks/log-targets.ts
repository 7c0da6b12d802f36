import { firelensSocketFolder, firelensTag, routerOf } from "./firelens/router.ts";
import { maxBufferBytes, parseFlag, type LogOptions } from "./log-options.ts";
import type { CloudWatchTarget, LogRoute, LogTarget, SplunkTarget } from "./log-route.ts";
import { compileRe2 } from "./log-shipper/re2-matcher.ts";
import { datetimePattern } from "./log-shipper/strftime.ts";
import { expandTag } from "./log-tag.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** Of the splunk driver. */
const DEFAULT_TAG = "{{.ID}}";

/**
 * Where a container's output goes, or `undefined` when it has no log configuration.
 * @param secretOptions the values of its log driver's `secretOptions`
 */
export function logTargetOf(
  task: TaskRecord,
  container: ContainerRecord,
  { taskFolder, secretOptions }: { taskFolder: string; secretOptions: LogOptions },
): LogTarget | undefined {
  const { logConfiguration } = definitionOf(task, container);
  const options = { ...logConfiguration?.options, ...secretOptions };
  switch (logConfiguration?.logDriver) {
    case "awslogs":
      return cloudWatchTarget(task, container.name, options);
    case "awsfirelens":
      return {
        driver: "awsfirelens",
        socketFolder: firelensSocketFolder(taskFolder),
        tag: firelensTag(task, container.name),
        containerId: container.id,
        containerName: container.name,
        acknowledges: routerOf(task)?.type === "fluentbit",
      };
    case "splunk":
      return splunkTarget(task, container, options);
    default:
      return undefined;
  }
}

/** The way of a container's output with such options. */
export function routeTo(
  target: LogTarget,
  options: LogOptions,
  paths: Pick<LogRoute, "containerId" | "stdoutPath" | "stderrPath">,
): LogRoute {
  const limit = maxBufferBytes(options);
  const events = target.driver === "awsfirelens" ? options["log-driver-buffer-limit"] : undefined;
  return {
    ...paths,
    target,
    ...(limit === undefined ? {} : { maxBufferBytes: limit }),
    ...(events === undefined ? {} : { maxBufferEvents: Number(events) }),
  };
}

/**
 * The log stream of a container, `PREFIX/CONTAINER/TASK`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
export function cloudWatchTarget(task: TaskRecord, containerName: string, options: LogOptions): CloudWatchTarget {
  const format = options["awslogs-datetime-format"];
  const pattern = format ? datetimePattern(format) : options["awslogs-multiline-pattern"];
  return {
    driver: "awslogs",
    task,
    scope: { account: task.scope.account, region: options["awslogs-region"] ?? task.scope.region },
    group: options["awslogs-group"]!,
    stream: `${options["awslogs-stream-prefix"]}/${containerName}/${task.taskId}`,
    ...(pattern ? { multilinePattern: pattern } : {}),
  };
}

function splunkTarget(task: TaskRecord, container: ContainerRecord, options: LogOptions): SplunkTarget {
  const { environment = [], dockerLabels = {} } = definitionOf(task, container);
  const flag = (name: string) => parseFlag(options[name] ?? "") ?? false;
  const variables = Object.fromEntries(environment.map(({ name, value }) => [name!, value ?? ""]));
  const level = options["splunk-gzip-level"];
  return {
    driver: "splunk",
    url: options["splunk-url"]!,
    token: options["splunk-token"] ?? "",
    host: task.eni.privateDnsName,
    ...(options["splunk-source"] ? { source: options["splunk-source"] } : {}),
    ...(options["splunk-sourcetype"] ? { sourcetype: options["splunk-sourcetype"] } : {}),
    ...(options["splunk-index"] ? { index: options["splunk-index"] } : {}),
    format: (options["splunk-format"] as SplunkTarget["format"] | undefined) ?? "inline",
    tag: expandTag(options["tag"] ?? DEFAULT_TAG, container),
    attributes: {
      ...chosen(dockerLabels, options["labels"], options["labels-regex"]),
      ...chosen(variables, options["env"], options["env-regex"]),
    },
    ...(flag("splunk-gzip") ? { gzipLevel: level === undefined ? -1 : Number(level) } : {}),
    skipVerify: flag("splunk-insecureskipverify"),
  };
}

/** Of all values those that a comma-separated list names, or a pattern of RE2 matches. */
function chosen(values: Record<string, string>, names = "", pattern = ""): Record<string, string> {
  const wanted = names.split(",");
  const matches = pattern ? matcherOf(pattern) : () => false;
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted.includes(name) || matches(name)));
}

/** A pattern that is none keeps its container from starting: what it chooses does not matter. */
function matcherOf(pattern: string): (text: string) => boolean {
  try {
    return compileRe2(pattern);
  } catch {
    return () => false;
  }
}
