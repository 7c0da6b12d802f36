import type { ContainerDefinition, LogConfiguration, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";

/** Seconds; only Fargate has a maximum. */
const MAX_STOP_TIMEOUT = 120;
const LOG_DRIVERS = ["awslogs", "splunk", "awsfirelens"];
/** Images of ECR's private registries. */
export const ECR_IMAGE = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com/;

const isSet = (value: unknown) => (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null);

/**
 * The first of Fargate's rules for a whole task that is broken, in ECS's words; the size is not looked at.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
export function fargateTaskProblem(input: RegisterTaskDefinitionRequest): string | undefined {
  if (input.networkMode !== "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  if (input.ipcMode) return unsupported("ipcMode");
  if (input.pidMode && input.pidMode !== "task")
    return `Tasks using the Fargate launch type do not support pidMode '${input.pidMode}'. The supported value for pidMode is 'task'.`;
  if (input.placementConstraints?.length) return unsupported("constraints");
  for (const volume of input.volumes ?? []) {
    if (volume.host?.sourcePath) return unsupported("sourcePath");
    if (volume.dockerVolumeConfiguration) return unsupported("dockerVolumeConfiguration");
  }
  return undefined;
}

/** As {@link fargateTaskProblem}, of the containers. */
export function fargateContainerProblem(
  containers: readonly ContainerDefinition[],
  executionRoleArn: string | undefined,
): string | undefined {
  for (const container of containers) {
    const problem =
      privilegeProblem(container) ??
      linuxProblem(container) ??
      timeoutProblem(container) ??
      executionRoleProblem(container, executionRoleArn) ??
      (container.logConfiguration && logProblem(container.logConfiguration, executionRoleArn));
    if (problem) return problem;
  }
  return undefined;
}

const unsupported = (feature: string) => `Fargate compatible task definitions do not support ${feature}`;

function privilegeProblem(container: ContainerDefinition): string | undefined {
  if (container.privileged) return "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.";
  if (container.dockerSecurityOptions?.length) return unsupported("dockerSecurityOptions");
  if (container.resourceRequirements?.some((requirement) => requirement.type === "GPU"))
    return "Tasks using the Fargate launch type do not support GPU resource requirements.";
  return undefined;
}

function linuxProblem({ linuxParameters }: ContainerDefinition): string | undefined {
  const field = (["devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness"] as const).find((name) =>
    isSet(linuxParameters?.[name]),
  );
  if (field) return unsupported(field);
  const capability = linuxParameters?.capabilities?.add?.find((name) => name !== "SYS_PTRACE");
  return capability === undefined ? undefined : `${capability} is not allowed on Fargate.`;
}

function timeoutProblem({ stopTimeout }: ContainerDefinition): string | undefined {
  return (stopTimeout ?? 0) > MAX_STOP_TIMEOUT
    ? `Tasks using the Fargate launch type must have a container stop timeout of less than ${MAX_STOP_TIMEOUT} seconds.`
    : undefined;
}

function executionRoleProblem(
  { image, environmentFiles }: ContainerDefinition,
  role: string | undefined,
): string | undefined {
  if (!role && environmentFiles?.length)
    return "Fargate requires task definition to have execution role ARN to support environment files.";
  return !role && ECR_IMAGE.test(image ?? "")
    ? "Fargate requires task definition to have execution role ARN to support ECR images."
    : undefined;
}

function logProblem({ logDriver, options }: LogConfiguration, role: string | undefined): string | undefined {
  if (!LOG_DRIVERS.includes(logDriver ?? ""))
    return `${logDriver} is not a valid log driver. Must be one of [${LOG_DRIVERS.join(",")}]`;
  if (logDriver !== "awslogs") return undefined;
  if (!role) return "Fargate requires task definition to have execution role ARN to support log driver awslogs.";
  // Without its other options it fails for every launch type, with another message.
  return options?.["awslogs-group"] && options["awslogs-region"] && !options["awslogs-stream-prefix"]
    ? "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."
    : undefined;
}
