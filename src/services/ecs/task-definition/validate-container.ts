import type { ContainerDefinition, HealthCheck, NetworkMode, Ulimit } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import type { TaskSize } from "./fargate-sizes.ts";
import { validateEnvironmentFiles } from "./validate-environment-files.ts";
import { validateLogs } from "./validate-logs.ts";
import { validateRuntime } from "./validate-runtime.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, and digests. */
const IMAGE = /^[\w\-.:/#@+]{1,255}$/;
/** Docker's floor; https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const MIN_CONTAINER_MEMORY = 6;
/** Seconds. */
const MIN_TIMEOUT = 2;
/**
 * Checks one container of a task definition, whatever it is to run on.
 * @throws AwsError ClientException with ECS's words; InvalidParameterException for what Neargate does not do yet
 */
export function validateContainer(
  container: ContainerDefinition,
  networkMode: NetworkMode | undefined,
  size: TaskSize,
): void {
  const name = container.name!;
  if (!container.image) throw clientError("Container.image should not be null or empty.");
  if (!IMAGE.test(container.image)) throw clientError("Container.image contains invalid characters.");
  if (networkMode === "awsvpc") refuseSharedNetworking(container);
  validateMemory(container, size);
  validateTimeouts(container);
  validateRuntime(container);
  validateEnvironmentFiles(container.environmentFiles ?? []);
  for (const variable of container.environment ?? [])
    if (!variable.name || variable.name.includes("=") || `${variable.name}${variable.value}`.includes("\0"))
      throw clientError(`Invalid environment variable name '${variable.name ?? ""}' for container '${name}'.`);
  if (container.healthCheck) validateHealthCheck(container.healthCheck, name);
  for (const ulimit of container.ulimits ?? []) validateUlimit(ulimit);
  if (container.logConfiguration)
    validateLogs(container.logConfiguration, `containerDefinitions[${name}].logConfiguration`, { secrets: true });
  refuseWhatIsNotBuilt(container);
}

/** What a container cannot have when the task has a network interface of its own. */
function refuseSharedNetworking(container: ContainerDefinition): void {
  if (container.links?.length) throw clientError("Links are not supported when networkMode=awsvpc.");
  const onContainer = "supported on container when networkMode=awsvpc.";
  if (container.hostname) throw clientError(`hostname is not ${onContainer}`);
  if (container.extraHosts?.length) throw clientError(`Extra hosts are not ${onContainer}`);
  if (container.dnsServers?.length) throw clientError(`DNS servers are not ${onContainer}`);
  if (container.dnsSearchDomains?.length) throw clientError(`DNS search domains are not ${onContainer}`);
  if (container.disableNetworking) throw clientError(`Disable Networking is not ${onContainer}`);
}

/** @throws AwsError ClientException */
export function validateMemory(container: ContainerDefinition, size: TaskSize): void {
  const { name, memory, memoryReservation } = container;
  const invalid = (why: string) => clientError(`Invalid setting for container '${name}'. ${why}`);
  if (memory === undefined && memoryReservation === undefined && size.memoryMiB === undefined)
    throw invalid("At least one of 'memory' or 'memoryReservation' must be specified.");
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory)
    throw invalid("'memory' must be greater than or equal to 'memoryReservation'.");
  for (const [field, value] of [
    ["memory", memory],
    ["memoryReservation", memoryReservation],
  ] as const) {
    if (value === undefined) continue;
    if (value < MIN_CONTAINER_MEMORY) throw invalid(`'${field}' must be at least ${MIN_CONTAINER_MEMORY}.`);
    if (size.memoryMiB !== undefined && value > size.memoryMiB)
      throw clientError(`The '${field}' setting for container '${name}' is greater than for the task.`);
  }
  if ((container.cpu ?? 0) < 0) throw invalid("'cpu' must not be negative.");
}

function validateTimeouts({ name, startTimeout, stopTimeout }: ContainerDefinition): void {
  for (const [kind, value] of [
    ["start", startTimeout],
    ["stop", stopTimeout],
  ] as const)
    if (value !== undefined && value < MIN_TIMEOUT)
      throw clientError(`Granular ${kind} timeout on container '${name}' must be at least ${MIN_TIMEOUT} seconds.`);
}

function validateHealthCheck(check: HealthCheck, name: string): void {
  if (!check.command?.length) throw clientError(`Health check command cannot be empty for container '${name}'`);
  const ranges = [
    ["interval", 5, 300],
    ["timeout", 2, 60],
    ["retries", 1, 10],
    ["startPeriod", 0, 300],
  ] as const;
  for (const [field, low, high] of ranges) {
    const value = check[field];
    if (value === undefined) continue;
    const be = (bound: string) => clientError(`Health check ${field} must be ${bound} for container '${name}'`);
    if (value < low) throw be(`greater than or equal to the minimum allowed value ${low}`);
    if (value > high) throw be(`less than or equal to the maximum allowed value ${high}`);
  }
}

/** -1 is no limit. */
function validateUlimit({ name, softLimit = 0, hardLimit = 0 }: Ulimit): void {
  const [soft, hard] = [softLimit, hardLimit].map((limit) => (limit < 0 ? Infinity : limit));
  if (soft! > hard!) throw clientError(`Soft limit exceeds hard limit for ulimit ${name}`);
}

function refuseWhatIsNotBuilt(container: ContainerDefinition): void {
  const at = `containerDefinitions[${container.name}]`;
  refuseUnsupported(
    container,
    [
      "name",
      "image",
      "cpu",
      "memory",
      "memoryReservation",
      "portMappings",
      "essential",
      "entryPoint",
      "command",
      "environment",
      "environmentFiles",
      "secrets",
      "repositoryCredentials",
      "workingDirectory",
      "user",
      "logConfiguration",
      "firelensConfiguration",
      "stopTimeout",
      "startTimeout",
      "dependsOn",
      "healthCheck",
      "readonlyRootFilesystem",
      "ulimits",
      "dockerLabels",
      "linuxParameters",
      "restartPolicy",
      "systemControls",
      "pseudoTerminal",
      "interactive",
      "versionConsistency",
      "mountPoints",
      "volumesFrom",
    ],
    at,
  );
  if (container.linuxParameters)
    refuseUnsupported(container.linuxParameters, ["capabilities", "initProcessEnabled"], `${at}.linuxParameters`);
}
