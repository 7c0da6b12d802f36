import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { findCycle } from "../../../tasks/container-graph.ts";
import { clientError } from "../errors.ts";
import type { TaskSize } from "./fargate-sizes.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

function firstTwice(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

/** Every container has a name of its own, and one at least is essential. @throws AwsError ClientException */
export function validateNames(containers: readonly ContainerDefinition[]): void {
  for (const { name } of containers) {
    if (!name) throw clientError("Container.name should not be null or empty.");
    if (!NAME.test(name))
      throw clientError(
        `Invalid container name '${name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.`,
      );
  }
  if (firstTwice(containers.map((container) => container.name!)))
    throw clientError("Container names must be unique within a task definition.");
  if (!containers.some((container) => container.essential !== false))
    throw clientError("Task definition doesn't have any essential container.");
}

/** What containers wait for exists, can come about, and is not themselves. @throws AwsError ClientException */
export function validateDependencies(containers: readonly ContainerDefinition[]): void {
  for (const { containerName, condition } of containers.flatMap((container) => container.dependsOn ?? [])) {
    const target = containers.find((other) => other.name === containerName);
    if (!target) throw clientError(`Cannot depend on container + '${containerName}' because it does not exist`);
    if ((condition === "SUCCESS" || condition === "COMPLETE") && target.essential !== false)
      throw clientError("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
    if (condition === "HEALTHY" && !target.healthCheck)
      throw clientError("A dependency container with HEALTHY condition must have health check configured");
  }
  const graph = containers.map(({ name, dependsOn }) => ({
    name: name!,
    dependsOn: (dependsOn ?? []).map(({ containerName }) => containerName!),
  }));
  if (findCycle(graph)) throw clientError("Container dependsOn contains a cycle");
}

/** What the containers ask for together fits the task. @throws AwsError ClientException */
export function validateSums(containers: readonly ContainerDefinition[], { cpu, memoryMiB }: TaskSize): void {
  const sum = (field: "cpu" | "memoryReservation") =>
    containers.reduce((total, container) => total + (container[field] ?? 0), 0);
  if (cpu !== undefined && sum("cpu") > cpu)
    throw clientError("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  if (memoryMiB !== undefined && sum("memoryReservation") > memoryMiB)
    throw clientError(
      "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
    );
}
