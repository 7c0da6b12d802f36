import type {
  ContainerDefinition,
  NetworkMode,
  PortMapping,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import { isBindVolume } from "../../../tasks/volume-plan.ts";
import { withRootDirectory } from "./efs-volume.ts";
import { requiredAttributes } from "./required-attributes.ts";
import type { CheckedTaskDefinition } from "./validate.ts";

/** A container definition with the defaults that ECS fills in. */
function withDefaults(container: ContainerDefinition, networkMode: NetworkMode | undefined): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      ...(mapping.containerPortRange === undefined ? { hostPort: hostPort(mapping, networkMode) } : {}),
      protocol: mapping.protocol ?? "tcp",
    })),
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    ...(container.healthCheck
      ? { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }
      : {}),
    systemControls: container.systemControls ?? [],
  };
}

/** 0 stands for a port that is chosen when the task starts. */
function hostPort(mapping: PortMapping, networkMode: NetworkMode | undefined): number {
  const same = networkMode === "awsvpc" || networkMode === "host";
  return mapping.hostPort || (same ? mapping.containerPort! : 0);
}

/** The task definition as it is stored and described. */
export function buildTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  checked: CheckedTaskDefinition,
  identity: { taskDefinitionArn: string; family: string; revision: number; registeredAt: Date; registeredBy: string },
): TaskDefinition & { taskDefinitionArn: string; family: string; revision: number } {
  const attributes = requiredAttributes(input);
  return {
    taskDefinitionArn: identity.taskDefinitionArn,
    containerDefinitions: input.containerDefinitions!.map((container) => withDefaults(container, input.networkMode)),
    family: identity.family,
    ...(input.taskRoleArn ? { taskRoleArn: input.taskRoleArn } : {}),
    ...(input.executionRoleArn ? { executionRoleArn: input.executionRoleArn } : {}),
    ...(input.networkMode ? { networkMode: input.networkMode } : {}),
    ...(input.pidMode ? { pidMode: input.pidMode } : {}),
    revision: identity.revision,
    volumes: (input.volumes ?? []).map((volume) =>
      isBindVolume(volume) ? { ...volume, host: {} } : withRootDirectory(volume),
    ),
    status: "ACTIVE",
    ...(attributes.length ? { requiresAttributes: attributes } : {}),
    placementConstraints: [],
    compatibilities: checked.compatibilities,
    ...(input.runtimePlatform ? { runtimePlatform: input.runtimePlatform } : {}),
    ...(input.requiresCompatibilities?.length ? { requiresCompatibilities: input.requiresCompatibilities } : {}),
    ...(checked.size.cpu === undefined ? {} : { cpu: String(checked.size.cpu) }),
    ...(checked.size.memoryMiB === undefined ? {} : { memory: String(checked.size.memoryMiB) }),
    ...(input.ephemeralStorage ? { ephemeralStorage: input.ephemeralStorage } : {}),
    ...(input.enableFaultInjection === undefined ? {} : { enableFaultInjection: input.enableFaultInjection }),
    registeredAt: identity.registeredAt,
    registeredBy: identity.registeredBy,
  };
}
