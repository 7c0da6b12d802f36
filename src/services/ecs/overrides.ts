import type { ContainerOverride, TaskDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { invalidParameter } from "./errors.ts";
import { refuseUnsupported } from "./supported.ts";
import { parseCpu, parseMemory, requireFargateSize, type TaskSize } from "./task-definition/fargate-sizes.ts";
import { validateEnvironmentFiles } from "./task-definition/validate-environment-files.ts";
import { validateMemory } from "./task-definition/validate-container.ts";
import { refuseSharedNames } from "./task-definition/validate-secrets.ts";
import { validateSums } from "./task-definition/validate-together.ts";
import { validateStorageSize } from "./task-definition/validate-volumes.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html: characters of the JSON. */
const MAX_OVERRIDES = 8192;

/**
 * Checks RunTask's overrides against the definition.
 * @returns them with the task's size as ECS spells it
 * @throws AwsError InvalidParameterException, or ClientException for a size that Fargate does not have
 */
export function checkOverrides(overrides: TaskOverride | undefined, definition: TaskDefinition): TaskOverride {
  if (!overrides) return { containerOverrides: [] };
  if (JSON.stringify(overrides).length > MAX_OVERRIDES)
    throw invalidParameter(`Container Overrides length must be at most ${MAX_OVERRIDES}`);
  refuseUnsupported(
    overrides,
    ["containerOverrides", "cpu", "memory", "ephemeralStorage", "executionRoleArn", "taskRoleArn"],
    "overrides",
  );
  const containers = overrides.containerOverrides ?? [];
  for (const override of containers) {
    if (override.resourceRequirements?.some(({ type }) => type === "GPU"))
      throw invalidParameter("Tasks using the Fargate launch type do not support GPU resource requirements.");
    refuseUnsupported(
      override,
      ["name", "command", "environment", "environmentFiles", "cpu", "memory", "memoryReservation"],
      "overrides.containerOverrides",
    );
    validateEnvironmentFiles(override.environmentFiles ?? [], invalidParameter);
    if (override.environmentFiles?.length && !(overrides.executionRoleArn || definition.executionRoleArn))
      throw invalidParameter(
        "Fargate requires task definition to have execution role ARN to support environment files.",
      );
    const own = definition.containerDefinitions?.find((container) => container.name === override.name);
    if (!own)
      throw invalidParameter(
        `Override for container named ${override.name ?? null} is not a container in the TaskDefinition.`,
      );
    refuseSharedNames(own.secrets ?? [], override.environment ?? [], invalidParameter);
  }
  const { cpu, memory, ephemeralStorage } = overrides;
  if (ephemeralStorage) validateStorageSize(ephemeralStorage, invalidParameter);
  const units = parseCpu(cpu || definition.cpu!);
  const mebibytes = parseMemory(memory || definition.memory!);
  requireFargateSize(units, mebibytes);
  checkSizes(containers, definition, { cpu: units, memoryMiB: mebibytes });
  return {
    ...overrides,
    containerOverrides: containers,
    ...(cpu ? { cpu: String(units) } : {}),
    ...(memory ? { memory: String(mebibytes) } : {}),
  };
}

/** The containers, as they will run, fit the task as it will. */
function checkSizes(overrides: readonly ContainerOverride[], definition: TaskDefinition, size: TaskSize): void {
  const containers = definition.containerDefinitions!.map((container) => {
    const { cpu, memory, memoryReservation } = overrides.find((override) => override.name === container.name) ?? {};
    return {
      ...container,
      cpu: cpu ?? container.cpu,
      memory: memory ?? container.memory,
      memoryReservation: memoryReservation ?? container.memoryReservation,
    };
  });
  for (const container of containers) validateMemory(container, size);
  validateSums(containers, size);
}
