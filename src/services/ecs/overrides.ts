import type { TaskDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { invalidParameter } from "./errors.ts";
import { refuseUnsupported } from "./supported.ts";
import { parseCpu, parseMemory, requireFargateSize } from "./task-definition/fargate-sizes.ts";

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
  refuseUnsupported(overrides, ["containerOverrides", "cpu", "memory", "executionRoleArn", "taskRoleArn"], "overrides");
  const containers = overrides.containerOverrides ?? [];
  for (const override of containers) {
    refuseUnsupported(
      override,
      ["name", "command", "environment", "cpu", "memory", "memoryReservation"],
      "overrides.containerOverrides",
    );
    if (!definition.containerDefinitions?.some((container) => container.name === override.name))
      throw invalidParameter(
        `Override for container named ${override.name ?? null} is not a container in the TaskDefinition.`,
      );
  }
  const { cpu, memory } = overrides;
  const units = parseCpu(cpu || definition.cpu!);
  const mebibytes = parseMemory(memory || definition.memory!);
  requireFargateSize(units, mebibytes);
  return {
    ...overrides,
    containerOverrides: containers,
    ...(cpu ? { cpu: String(units) } : {}),
    ...(memory ? { memory: String(mebibytes) } : {}),
  };
}
