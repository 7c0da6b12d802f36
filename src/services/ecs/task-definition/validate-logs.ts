import type { ContainerDefinition, FirelensConfiguration, LogConfiguration } from "@aws-sdk/client-ecs";
import { parseArn } from "../../../base/arn.ts";
import type { AwsError } from "../../../base/errors.ts";
import { parseBufferSize, parseFlag } from "../../../tasks/log-options.ts";
import { clientError, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";

interface Driver {
  required: string[];
  /** What else it takes; anything at all when absent. */
  optional?: string[];
  /** Known to AWS, not built. */
  unbuilt: string[];
  /** Of its options, those that can be secrets; any when absent. */
  secret?: string[];
}

interface LogRules {
  /** ClientException in task definitions, InvalidParameterException in services. */
  refuse?: (message: string) => AwsError;
  /** Those that can be chosen here. */
  drivers?: readonly string[];
  /** Whether options can be secrets here. */
  secrets?: boolean;
}

const COMMON = ["mode", "max-buffer-size"];
const DRIVERS: Record<string, Driver> = {
  awslogs: {
    required: ["awslogs-region", "awslogs-group"],
    optional: [
      "awslogs-stream-prefix",
      "awslogs-create-group",
      "awslogs-datetime-format",
      "awslogs-multiline-pattern",
      ...COMMON,
    ],
    unbuilt: [
      "awslogs-endpoint",
      "awslogs-format",
      "awslogs-force-flush-interval-seconds",
      "awslogs-max-buffered-events",
    ],
    secret: [],
  },
  splunk: {
    required: ["splunk-token", "splunk-url"],
    optional: [
      "splunk-source",
      "splunk-sourcetype",
      "splunk-index",
      "splunk-format",
      "splunk-verify-connection",
      "splunk-gzip",
      "splunk-gzip-level",
      "splunk-insecureskipverify",
      "tag",
      "labels",
      "labels-regex",
      "env",
      "env-regex",
      ...COMMON,
    ],
    unbuilt: ["splunk-capath", "splunk-caname"],
    secret: ["splunk-token"],
  },
  // Its options are the router's.
  awsfirelens: { required: [], unbuilt: [] },
};

const FLAGS = ["awslogs-create-group", "splunk-verify-connection", "splunk-gzip", "splunk-insecureskipverify"];
/** Docker's: `scheme://dns_name_or_ip:port`. */
const SPLUNK_URL = /^https?:\/\/[^/?#]+\/?$/i;

/**
 * Checks a log configuration: the driver's options are there, known and readable.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
 * @param at where it is, for the message
 */
export function validateLogs(
  logs: LogConfiguration,
  at: string,
  { refuse = clientError, drivers = Object.keys(DRIVERS), secrets = false }: LogRules = {},
): void {
  const name = logs.logDriver ?? "";
  const driver = drivers.includes(name) ? DRIVERS[name] : undefined;
  if (!driver) throw notSupportedYet(`logDriver ${name}`);
  refuseUnsupported(logs, ["logDriver", "options", ...(secrets ? (["secretOptions"] as const) : [])], at);
  const options = logs.options ?? {};
  const secret = (logs.secretOptions ?? []).map((option) => option.name!);
  const open = secret.find((option) => driver.secret && !driver.secret.includes(option));
  if (open !== undefined) throw notSupportedYet(`${at}.secretOptions ${open}`);
  const missing = driver.required.filter((option) => !options[option] && !secret.includes(option));
  if (missing.length) throw refuse(`Log driver ${name} requires options: ${missing.join(", ")}`);
  const unbuilt = driver.unbuilt.find((option) => option in options);
  if (unbuilt !== undefined) throw notSupportedYet(`${at}.options.${unbuilt}`);
  const known = driver.optional && [...driver.required, ...driver.optional];
  const unknown = Object.keys(options).filter((option) => known && !known.includes(option));
  if (unknown.length) throw refuse(`Log driver ${name} disallows options: ${unknown.join(", ")}`);
  const problem = valueProblem(name, options);
  if (problem) throw refuse(problem);
}

function valueProblem(driver: string, options: Record<string, string>): string | undefined {
  const invalid = (option: string, be: string) =>
    `Invalid '${option}' ${options[option]} for log driver ${driver}: it must be ${be}.`;
  const { mode, "max-buffer-size": size, "splunk-format": format, "splunk-gzip-level": level } = options;
  if (mode && mode !== "non-blocking" && mode !== "blocking") return invalid("mode", "blocking or non-blocking");
  if (size !== undefined && parseBufferSize(size) === undefined)
    return invalid("max-buffer-size", "a size such as 10m");
  const flag = FLAGS.find((option) => options[option] !== undefined && parseFlag(options[option]) === undefined);
  if (flag !== undefined) return invalid(flag, "true or false");
  if (driver === "awsfirelens") return eventLimitProblem(options["log-driver-buffer-limit"]);
  if (driver !== "splunk") return undefined;
  if (format !== undefined && !["inline", "json", "raw"].includes(format))
    return invalid("splunk-format", "inline, json or raw");
  if (level !== undefined && !/^(-1|[0-9])$/.test(level)) return invalid("splunk-gzip-level", "from -1 to 9");
  return SPLUNK_URL.test(options["splunk-url"]!) ? undefined : invalid("splunk-url", "scheme://dns_name_or_ip:port");
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-docker-buffer-limit.html */
function eventLimitProblem(limit: string | undefined): string | undefined {
  if (limit === undefined || (/^\d{1,9}$/.test(limit) && Number(limit) <= 536_870_912)) return undefined;
  return `Invalid 'log-driver-buffer-limit' ${limit} for log driver awsfirelens: it must be from 0 to 536870912.`;
}

/**
 * A router is there when it is needed, is needed when it is there, and is one.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
 * @throws AwsError ClientException
 */
export function validateFirelens(containers: readonly ContainerDefinition[]): void {
  const routers = containers.filter((container) => container.firelensConfiguration);
  const isUsed = containers.some(({ logConfiguration }) => logConfiguration?.logDriver === "awsfirelens");
  if (isUsed && !routers.length)
    throw clientError(
      "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.",
    );
  if (routers.length && !isUsed)
    throw clientError(
      "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
    );
  if (routers.length > 1)
    throw clientError("At most one container in a task definition can have a firelensConfiguration object.");
  const [router] = routers;
  if (!router) return;
  if (router.logConfiguration?.logDriver === "awsfirelens")
    throw clientError("A container with a firelensConfiguration object cannot use the awsfirelens log driver.");
  validateRouter(router.firelensConfiguration!);
}

const ROUTER_OPTIONS = ["enable-ecs-log-metadata", "config-file-type", "config-file-value"];

function validateRouter({ type, options = {} }: FirelensConfiguration): void {
  if (type !== "fluentbit" && type !== "fluentd")
    throw clientError(`Invalid firelens configuration type ${type}. Must be one of [fluentd,fluentbit]`);
  const unknown = Object.keys(options).find((option) => !ROUTER_OPTIONS.includes(option));
  if (unknown !== undefined) throw clientError(`Invalid firelens option '${unknown}'.`);
  const { "config-file-type": fileType, "config-file-value": file, "enable-ecs-log-metadata": metadata } = options;
  if (metadata !== undefined && parseFlag(metadata) === undefined)
    throw clientError("The firelens option enable-ecs-log-metadata must be true or false.");
  if (fileType === undefined && file !== undefined)
    throw clientError("The firelens option config-file-value is specified but config-file-type is not specified.");
  if (fileType === undefined) return;
  if (fileType !== "file" && fileType !== "s3")
    throw clientError(`invalid value ${fileType} is specified for option config-file-type`);
  if (!file) throw clientError("option config-file-type is specified but config-file-value is not specified");
  if (fileType === "s3" && !parseArn(file)) throw clientError("Invalid arn syntax.");
}
