import type { Attribute, Compatibility, ContainerDefinition, RegisterTaskDefinitionRequest, TaskDefinition } from "@aws-sdk/client-ecs";
import type { TaskSize } from "./validate.ts";

/** A container definition with the defaults that ECS fills in. */
function withDefaults(container: ContainerDefinition): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort || mapping.containerPort,
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

/** What the definition needs of an agent; ECS computes it, clients show it. */
function requiredAttributes(input: RegisterTaskDefinitionRequest): Attribute[] {
  const containers = input.containerDefinitions ?? [];
  const names = new Set<string>();
  if (input.executionRoleArn) names.add("com.amazonaws.ecs.capability.docker-remote-api.1.18");
  for (const container of containers) {
    if (container.logConfiguration?.logDriver === "awslogs") {
      names.add("com.amazonaws.ecs.capability.logging-driver.awslogs");
      names.add("com.amazonaws.ecs.capability.docker-remote-api.1.19");
      if (input.executionRoleArn) names.add("ecs.capability.execution-role-awslogs");
    }
    if (container.healthCheck) names.add("ecs.capability.container-health-check");
    if (container.dependsOn?.length) names.add("ecs.capability.container-ordering");
    if (container.memoryReservation) names.add("com.amazonaws.ecs.capability.docker-remote-api.1.21");
    if (input.executionRoleArn && /\.dkr\.ecr\./.test(container.image ?? "")) {
      names.add("com.amazonaws.ecs.capability.ecr-auth");
      names.add("ecs.capability.execution-role-ecr-pull");
    }
  }
  if (input.taskRoleArn) names.add("com.amazonaws.ecs.capability.task-iam-role");
  if (input.networkMode === "awsvpc") {
    names.add("com.amazonaws.ecs.capability.docker-remote-api.1.18");
    names.add("ecs.capability.task-eni");
  }
  return [...names].map((name) => ({ name }));
}

/** The task definition as it is stored and described. */
export function buildTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  checked: { size: TaskSize; compatibilities: Compatibility[] },
  identity: { taskDefinitionArn: string; family: string; revision: number; registeredAt: Date; registeredBy: string },
): TaskDefinition & { taskDefinitionArn: string; family: string; revision: number } {
  return {
    taskDefinitionArn: identity.taskDefinitionArn,
    containerDefinitions: input.containerDefinitions!.map(withDefaults),
    family: identity.family,
    ...(input.taskRoleArn ? { taskRoleArn: input.taskRoleArn } : {}),
    ...(input.executionRoleArn ? { executionRoleArn: input.executionRoleArn } : {}),
    ...(input.networkMode ? { networkMode: input.networkMode } : {}),
    revision: identity.revision,
    volumes: [],
    status: "ACTIVE",
    requiresAttributes: requiredAttributes(input),
    placementConstraints: [],
    compatibilities: checked.compatibilities,
    ...(input.runtimePlatform ? { runtimePlatform: input.runtimePlatform } : {}),
    ...(input.requiresCompatibilities?.length ? { requiresCompatibilities: input.requiresCompatibilities } : {}),
    ...(checked.size.cpu === undefined ? {} : { cpu: String(checked.size.cpu) }),
    ...(checked.size.memoryMiB === undefined ? {} : { memory: String(checked.size.memoryMiB) }),
    registeredAt: identity.registeredAt,
    registeredBy: identity.registeredBy,
  };
}
