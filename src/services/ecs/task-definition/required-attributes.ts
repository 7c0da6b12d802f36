import type { Attribute, ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";

const AGENT = "com.amazonaws.ecs.capability";
const ECS = "ecs.capability";

/**
 * What the definition needs of an agent: ECS works it out, clients show it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-placement-attributes.html
 * @returns in the order in which ECS lists it; empty when nothing is needed
 */
export function requiredAttributes(input: RegisterTaskDefinitionRequest): Attribute[] {
  const any = (test: (container: ContainerDefinition) => unknown) =>
    (input.containerDefinitions ?? []).some((container) => Boolean(test(container)));
  const role = Boolean(input.executionRoleArn);
  const logs = any((container) => container.logConfiguration?.logDriver === "awslogs");
  const ecr = any((container) => /\.dkr\.ecr/.test(container.image ?? ""));
  const waits = any(({ dependsOn, startTimeout, stopTimeout }) => dependsOn?.length || startTimeout || stopTimeout);
  const checked = any((container) => container.healthCheck);
  const ownInterface = input.networkMode === "awsvpc";
  const needs: [name: string, needed: boolean][] = [
    [`${AGENT}.logging-driver.awslogs`, logs],
    [`${ECS}.execution-role-awslogs`, logs && role],
    [`${AGENT}.ecr-auth`, ecr],
    [`${AGENT}.docker-remote-api.1.19`, logs],
    [
      `${AGENT}.docker-remote-api.1.21`,
      any(({ image, memoryReservation }) => memoryReservation || image?.includes("@")),
    ],
    [`${AGENT}.task-iam-role`, Boolean(input.taskRoleArn)],
    [`${ECS}.container-ordering`, waits],
    [`${ECS}.container-health-check`, checked],
    [`${ECS}.execution-role-ecr-pull`, ecr && role],
    [`${AGENT}.docker-remote-api.1.18`, ownInterface],
    [`${ECS}.task-eni`, ownInterface],
    [`${AGENT}.docker-remote-api.1.29`, checked],
  ];
  return needs.filter(([, needed]) => needed).map(([name]) => ({ name }));
}
