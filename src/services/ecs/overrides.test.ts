import type { TaskDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { AwsError } from "../../base/errors.ts";
import { checkOverrides } from "./overrides.ts";

const definition: TaskDefinition = {
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image: "web:1", secrets: [{ name: "SECRET", valueFrom: "parameter" }] }],
};

test.each<[what: string, overrides: TaskOverride | undefined, result: TaskOverride]>([
  ["nothing", undefined, { containerOverrides: [] }],
  ["no container", { containerOverrides: [] }, { containerOverrides: [] }],
  [
    "a command and a variable",
    { containerOverrides: [{ name: "app", command: ["true"], environment: [{ name: "A", value: "1" }] }] },
    { containerOverrides: [{ name: "app", command: ["true"], environment: [{ name: "A", value: "1" }] }] },
  ],
  [
    "a size, as ECS spells it",
    { cpu: "1 vCPU", memory: "2GB" },
    { containerOverrides: [], cpu: "1024", memory: "2048" },
  ],
  ["memory alone", { memory: "1024" }, { containerOverrides: [], memory: "1024" }],
  [
    "what a client sends for nothing",
    {
      inferenceAcceleratorOverrides: [],
      containerOverrides: [{ name: "app", environmentFiles: [], resourceRequirements: [] }],
    },
    {
      inferenceAcceleratorOverrides: [],
      containerOverrides: [{ name: "app", environmentFiles: [], resourceRequirements: [] }],
    },
  ],
])("%s", (_, overrides, result) => {
  expect(checkOverrides(overrides, definition)).toEqual(result);
});

test.each<[code: string, message: string, overrides: TaskOverride]>([
  [
    "InvalidParameterException",
    "Override for container named web is not a container in the TaskDefinition.",
    { containerOverrides: [{ name: "web" }] },
  ],
  [
    "InvalidParameterException",
    "Override for container named null is not a container in the TaskDefinition.",
    { containerOverrides: [{ command: ["true"] }] },
  ],
  [
    "InvalidParameterException",
    "Container Overrides length must be at most 8192",
    { containerOverrides: [{ name: "app", command: ["x".repeat(8192)] }] },
  ],
  [
    "InvalidParameterException",
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'SECRET'.",
    { containerOverrides: [{ name: "app", environment: [{ name: "SECRET", value: "open" }] }] },
  ],
  ["ClientException", "Invalid 'cpu' setting for task.", { cpu: "some" }],
  [
    "InvalidParameterException",
    "Tasks using the Fargate launch type do not support GPU resource requirements.",
    { containerOverrides: [{ name: "app", resourceRequirements: [{ type: "GPU", value: "1" }] }] },
  ],
  [
    "ClientException",
    "The 'memory' setting for container 'app' is greater than for the task.",
    { containerOverrides: [{ name: "app", memory: 1024 }] },
  ],
  [
    "ClientException",
    "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    { containerOverrides: [{ name: "app", cpu: 512 }] },
  ],
  [
    "ClientException",
    "No Fargate configuration exists for given values: 4096 CPU, 512 memory. See the Amazon ECS documentation for the valid values.",
    { cpu: "4096" },
  ],
  ["InvalidParameterException", "EphemeralStorage size should be at least 21", { ephemeralStorage: { sizeInGiB: 20 } }],
  [
    "InvalidParameterException",
    "Fargate requires task definition to have execution role ARN to support environment files.",
    { containerOverrides: [{ name: "app", environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/x.env" }] }] },
  ],
  [
    "InvalidParameterException",
    "Environment file arn:aws:s3:::b/x.txt must have the .env file extension.",
    { containerOverrides: [{ name: "app", environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/x.txt" }] }] },
  ],
  [
    "InvalidParameterException",
    "Invalid arn syntax.",
    { containerOverrides: [{ name: "app", environmentFiles: [{ type: "s3", value: "s3://b/x.env" }] }] },
  ],
])("%s %s", (code, message, overrides) => {
  const check = () => checkOverrides(overrides, definition);
  expect(check).toThrow(AwsError);
  expect(check).toThrow(expect.objectContaining({ code, message }));
});
