import type {
  Compatibility,
  ContainerDefinition,
  HealthCheck,
  LogConfiguration,
  PortMapping,
  RegisterTaskDefinitionRequest,
  Ulimit,
} from "@aws-sdk/client-ecs";
import { findCycle } from "../../../tasks/container-graph.ts";
import { clientError, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import { isFargateSize, parseCpu, parseMemory } from "./fargate-sizes.ts";

/** A task definition's task-level size, when it has one. */
export interface TaskSize {
  cpu: number | undefined;
  memoryMiB: number | undefined;
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const MAX_CONTAINERS = 10;
/** Docker's floor; https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const MIN_CONTAINER_MEMORY = 6;
const AWSLOGS_OPTIONS = [
  "awslogs-group",
  "awslogs-region",
  "awslogs-stream-prefix",
  "awslogs-create-group",
  "mode",
  "max-buffer-size",
];

/**
 * Checks a task definition as ECS does, and for Fargate's rules when it asks for FARGATE.
 * @returns its size and what it is compatible with
 * @throws AwsError ClientException with ECS's words; InvalidParameterException for what Neargate does not do yet
 */
export function validateTaskDefinition(input: RegisterTaskDefinitionRequest): { size: TaskSize; compatibilities: Compatibility[] } {
  refuseUnsupported(input, [
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "tags",
    "runtimePlatform",
    "ipcMode",
  ]);
  if (!NAME.test(input.family ?? ""))
    throw clientError("Family contains invalid characters. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.");
  const containers = input.containerDefinitions ?? [];
  if (!containers.length) throw clientError("Container list cannot be empty.");
  if (containers.length > MAX_CONTAINERS) throw clientError("Too many containers. A task definition may have 10 at most.");
  const size: TaskSize = {
    cpu: input.cpu ? parseCpu(input.cpu) : undefined,
    memoryMiB: input.memory ? parseMemory(input.memory) : undefined,
  };
  const fargateProblem = fargateRule(input, size);
  if (input.requiresCompatibilities?.includes("FARGATE") && fargateProblem) throw clientError(fargateProblem);
  if (input.ipcMode) throw notSupportedYet("ipcMode");
  if (input.runtimePlatform?.operatingSystemFamily && input.runtimePlatform.operatingSystemFamily !== "LINUX")
    throw notSupportedYet("runtimePlatform.operatingSystemFamily");
  for (const container of containers) validateContainer(container, size);
  validateTogether(containers, size);
  return { size, compatibilities: fargateProblem ? ["EC2"] : ["EC2", "FARGATE"] };
}

/** The first of Fargate's rules for a whole task that is broken, in ECS's words. */
function fargateRule(input: RegisterTaskDefinitionRequest, size: TaskSize): string | undefined {
  if (input.networkMode !== "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  if (size.cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (size.memoryMiB === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  if (!isFargateSize(size.cpu, size.memoryMiB)) return "No Fargate configuration exists for given values.";
  return undefined;
}

function validateContainer(container: ContainerDefinition, size: TaskSize): void {
  if (!container.name) throw clientError("Container.name should not be null or empty.");
  if (!container.image) throw clientError("Container.image should not be null or empty.");
  if (!NAME.test(container.name))
    throw clientError(`Invalid container name '${container.name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.`);
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
      "workingDirectory",
      "user",
      "logConfiguration",
      "stopTimeout",
      "startTimeout",
      "dependsOn",
      "healthCheck",
      "readonlyRootFilesystem",
      "ulimits",
      "dockerLabels",
      "linuxParameters",
    ],
    `containerDefinitions[${container.name}]`,
  );
  validateMemory(container, size);
  validateTimeouts(container);
  for (const mapping of container.portMappings ?? []) validatePort(mapping);
  for (const variable of container.environment ?? [])
    if (!variable.name || variable.name.includes("=") || variable.name.includes("\0") || variable.value?.includes("\0"))
      throw clientError(`Invalid environment variable name '${variable.name ?? ""}' for container '${container.name}'.`);
  if (container.linuxParameters) validateLinuxParameters(container);
  if (container.logConfiguration) validateLogs(container.logConfiguration, container.name);
  if (container.healthCheck) validateHealthCheck(container.healthCheck, container.name);
  for (const ulimit of container.ulimits ?? []) validateUlimit(ulimit, container.name);
}

function validateMemory(container: ContainerDefinition, size: TaskSize): void {
  const { name, memory, memoryReservation } = container;
  if (memory === undefined && memoryReservation === undefined && size.memoryMiB === undefined)
    throw clientError(`Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`);
  for (const [field, value] of [["memory", memory], ["memoryReservation", memoryReservation]] as const) {
    if (value === undefined) continue;
    if (value < MIN_CONTAINER_MEMORY)
      throw clientError(`Invalid setting for container '${name}'. '${field}' must be at least ${MIN_CONTAINER_MEMORY}.`);
    if (size.memoryMiB !== undefined && value > size.memoryMiB)
      throw clientError(`The '${field}' setting for container '${name}' is greater than for the task.`);
  }
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory)
    throw clientError(`Invalid setting for container '${name}'. 'memory' must be greater than or equal to 'memoryReservation'.`);
  if ((container.cpu ?? 0) < 0) throw clientError(`Invalid setting for container '${name}'. 'cpu' must not be negative.`);
}

function validateTimeouts({ name, startTimeout, stopTimeout }: ContainerDefinition): void {
  for (const [field, value] of [["startTimeout", startTimeout], ["stopTimeout", stopTimeout]] as const)
    if (value !== undefined && (value < 2 || value > 120))
      throw clientError(`Invalid setting for container '${name}'. '${field}' must be between 2 and 120 seconds on Fargate.`);
}

function validatePort(mapping: PortMapping): void {
  refuseUnsupported(mapping, ["containerPort", "hostPort", "protocol", "name", "appProtocol"], "portMappings");
  if (mapping.appProtocol) throw notSupportedYet("portMappings.appProtocol");
  const { containerPort, hostPort } = mapping;
  if (containerPort === undefined || containerPort < 1 || containerPort > 65535)
    throw clientError("Invalid 'containerPort' setting: it must be between 1 and 65535.");
  if (hostPort !== undefined && hostPort !== 0 && hostPort !== containerPort)
    throw clientError("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
}

function validateLinuxParameters(container: ContainerDefinition): void {
  const parameters = container.linuxParameters!;
  for (const field of ["devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness"] as const) {
    const value = parameters[field];
    if (Array.isArray(value) ? value.length : value !== undefined)
      throw clientError(`The linuxParameters.${field} parameter is not supported for tasks using the Fargate launch type.`);
  }
  refuseUnsupported(parameters, ["capabilities", "initProcessEnabled"], "linuxParameters");
  const refused = parameters.capabilities?.add?.filter((capability) => capability !== "SYS_PTRACE");
  if (refused?.length) throw clientError(`Unsupported capabilities '${refused.join(", ")}' in the add parameter: Fargate only supports adding SYS_PTRACE.`);
}

function validateLogs(logs: LogConfiguration, name: string): void {
  refuseUnsupported(logs, ["logDriver", "options"], "logConfiguration");
  if (logs.logDriver !== "awslogs") {
    if (logs.logDriver === "splunk" || logs.logDriver === "awsfirelens") throw notSupportedYet(`logDriver ${logs.logDriver}`);
    throw clientError(`Fargate does not support log driver ${logs.logDriver}. Supported log drivers are awslogs, splunk, awsfirelens.`);
  }
  const options = logs.options ?? {};
  const missing = ["awslogs-region", "awslogs-group"].filter((option) => !options[option]);
  if (missing.length) throw clientError("Log driver awslogs requires options: awslogs-region, awslogs-group");
  if (!options["awslogs-stream-prefix"])
    throw clientError("Log driver awslogs requires option 'awslogs-stream-prefix' for Fargate.");
  for (const option of Object.keys(options))
    if (!AWSLOGS_OPTIONS.includes(option)) throw notSupportedYet(`containerDefinitions[${name}].logConfiguration.options.${option}`);
  if (options["mode"] && options["mode"] !== "non-blocking" && options["mode"] !== "blocking")
    throw clientError(`Invalid 'mode' ${options["mode"]} for log driver awslogs: it must be blocking or non-blocking.`);
}

function validateHealthCheck(check: HealthCheck, name: string): void {
  if (!check.command?.length) throw clientError(`Health check command cannot be empty for container '${name}'.`);
  const ranges = [
    ["interval", 5, 300],
    ["timeout", 2, 60],
    ["retries", 1, 10],
    ["startPeriod", 0, 300],
  ] as const;
  for (const [field, low, high] of ranges) {
    const value = check[field];
    if (value !== undefined && (value < low || value > high))
      throw clientError(`Invalid health check '${field}' for container '${name}': it must be between ${low} and ${high}.`);
  }
}

function validateUlimit(ulimit: Ulimit, name: string): void {
  if ((ulimit.softLimit ?? 0) > (ulimit.hardLimit ?? 0))
    throw clientError(`Invalid ulimit '${ulimit.name}' for container '${name}': the soft limit is greater than the hard limit.`);
}

/** What holds between containers: names, ports, dependencies, and sums that must fit the task. */
function validateTogether(containers: readonly ContainerDefinition[], size: TaskSize): void {
  const names = containers.map((container) => container.name!);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw clientError(`Container names must be unique within a task definition. '${twice}' is used more than once.`);
  if (!containers.some((container) => container.essential !== false))
    throw clientError("A task definition must have at least one essential container.");
  const ports = containers.flatMap((container) =>
    (container.portMappings ?? []).map((mapping) => `${mapping.containerPort}/${mapping.protocol ?? "tcp"}`),
  );
  const taken = ports.find((port, index) => ports.indexOf(port) !== index);
  if (taken) throw clientError(`Port mappings must be unique within a task: ${taken} is mapped more than once.`);
  for (const container of containers) validateDependencies(container, containers);
  if (findCycle(containers.map(({ name, dependsOn }) => ({ name: name!, dependsOn: (dependsOn ?? []).map((one) => one.containerName!) }))))
    throw clientError("Cyclic dependency found in container dependencies.");
  const sum = (field: "cpu" | "memory" | "memoryReservation") => containers.reduce((total, container) => total + (container[field] ?? 0), 0);
  if (size.cpu !== undefined && sum("cpu") > size.cpu)
    throw clientError("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  if (size.memoryMiB !== undefined && sum("memoryReservation") > size.memoryMiB)
    throw clientError("The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.");
}

function validateDependencies(container: ContainerDefinition, containers: readonly ContainerDefinition[]): void {
  for (const { containerName, condition } of container.dependsOn ?? []) {
    const target = containers.find((other) => other.name === containerName);
    if (!target) throw clientError(`Container '${container.name}' depends on container '${containerName}', which is not in the task definition.`);
    if ((condition === "SUCCESS" || condition === "COMPLETE") && target.essential !== false)
      throw clientError("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
    if (condition === "HEALTHY" && !target.healthCheck)
      throw clientError(`Container '${container.name}' waits for '${containerName}' to be HEALTHY, but that has no health check.`);
  }
}
