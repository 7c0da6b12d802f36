import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { buildTaskDefinition } from "./build.ts";
import { validateTaskDefinition } from "./validate.ts";

const identity = {
  taskDefinitionArn: "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
  family: "web",
  revision: 1,
  registeredAt: new Date(0),
  registeredBy: "arn:aws:iam::000000000000:root",
};

function build(input: RegisterTaskDefinitionRequest) {
  return buildTaskDefinition(input, validateTaskDefinition(input), identity);
}

test("ECS fills in these defaults and no others", () => {
  const built = build({
    family: "web",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: ".25 vCPU",
    memory: "0.5 GB",
    containerDefinitions: [{ name: "app", image: "web:1", portMappings: [{ containerPort: 80 }] }],
  });
  expect(built).toEqual({
    ...identity,
    containerDefinitions: [
      {
        name: "app",
        image: "web:1",
        cpu: 0,
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
    networkMode: "awsvpc",
    volumes: [],
    status: "ACTIVE",
    requiresAttributes: [
      { name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" },
      { name: "ecs.capability.task-eni" },
    ],
    placementConstraints: [],
    compatibilities: ["EC2", "MANAGED_INSTANCES", "FARGATE"],
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
  });
});

test("a definition for container instances has no attributes, and host ports that are chosen at the start", () => {
  const built = build({
    family: "web",
    containerDefinitions: [{ name: "app", image: "web:1", memory: 64, portMappings: [{ containerPort: 80 }] }],
  });
  expect(built.requiresAttributes).toBeUndefined();
  expect(built.networkMode).toBeUndefined();
  expect(built.containerDefinitions![0]!.portMappings).toEqual([{ containerPort: 80, hostPort: 0, protocol: "tcp" }]);
});

test("attributes come in ECS's order", () => {
  const built = build({
    family: "web",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn: "arn:aws:iam::000000000000:role/exec",
    taskRoleArn: "arn:aws:iam::000000000000:role/task",
    containerDefinitions: [
      {
        name: "app",
        image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:1",
        stopTimeout: 10,
        healthCheck: { command: ["CMD", "true"] },
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" },
        },
      },
    ],
  });
  expect(built.requiresAttributes!.map(({ name }) => name)).toEqual([
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "ecs.capability.execution-role-awslogs",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.docker-remote-api.1.19",
    "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.container-ordering",
    "ecs.capability.container-health-check",
    "ecs.capability.execution-role-ecr-pull",
    "com.amazonaws.ecs.capability.docker-remote-api.1.18",
    "ecs.capability.task-eni",
    "com.amazonaws.ecs.capability.docker-remote-api.1.29",
  ]);
  expect(built.containerDefinitions![0]!.healthCheck).toEqual({
    command: ["CMD", "true"],
    interval: 30,
    timeout: 5,
    retries: 3,
  });
});
