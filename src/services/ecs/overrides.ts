import type { TaskDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { clientError, invalidParameter } from "./errors.ts";
import { refuseUnsupported } from "./supported.ts";
import { isFargateSize, parseCpu, parseMemory } from "./task-definition/fargate-sizes.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html: characters of the JSON. */
const MAX_OVERRIDES = 8192;

/** Checks RunTask's overrides against the definition. @throws AwsError */
export function checkOverrides(overrides: TaskOverride | undefined, definition: TaskDefinition): TaskOverride {
  if (!overrides) return { containerOverrides: [] };
  if (JSON.stringify(overrides).length > MAX_OVERRIDES)
    throw invalidParameter("Container Overrides length must be at most 8192");
  refuseUnsupported(overrides, ["containerOverrides", "cpu", "memory", "executionRoleArn", "taskRoleArn"], "overrides");
  const containers = overrides.containerOverrides ?? [];
  for (const override of containers) {
    refuseUnsupported(override, ["name", "command", "environment", "cpu", "memory", "memoryReservation"], "overrides.containerOverrides");
    if (!definition.containerDefinitions?.some((container) => container.name === override.name))
      throw invalidParameter(`Override for container named ${override.name} is not a container in the TaskDefinition.`);
  }
  const cpu = parseCpu(overrides.cpu ?? definition.cpu!);
  const memoryMiB = parseMemory(overrides.memory ?? definition.memory!);
  if (!isFargateSize(cpu, memoryMiB)) throw clientError("No Fargate configuration exists for given values.");
  return {
    ...overrides,
    containerOverrides: containers,
    ...(overrides.cpu ? { cpu: String(cpu) } : {}),
    ...(overrides.memory ? { memory: String(memoryMiB) } : {}),
  };
}
