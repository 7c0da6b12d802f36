import type { ContainerDefinition, ContainerDependency, FirelensConfigurationType } from "@aws-sdk/client-ecs";
import { join } from "node:path";
import type { Mount } from "../../compute/backend.ts";
import type { SecretsByContainer } from "../secrets/task-secrets.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "../task-record.ts";

/** The log router of a task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html */
export interface FirelensRouter {
  containerName: string;
  type: FirelensConfigurationType;
  options: Record<string, string>;
}

/** Where each router looks for its configuration. */
const CONFIG_PATH: Record<FirelensConfigurationType, string> = {
  fluentbit: "/fluent-bit/etc/fluent-bit.conf",
  fluentd: "/fluentd/etc/fluent.conf",
};

/** The task's router, if it has one. */
export function routerOf(task: Pick<TaskRecord, "definition">): FirelensRouter | undefined {
  const router = task.definition.containerDefinitions?.find((container) => container.firelensConfiguration);
  const { type, options } = router?.firelensConfiguration ?? {};
  return type && { containerName: router!.name!, type, options: options ?? {} };
}

export function usesFirelens(container: ContainerDefinition): boolean {
  return container.logConfiguration?.logDriver === "awsfirelens";
}

/** By it the router knows whose events they are. */
export function firelensTag(task: Pick<TaskRecord, "taskId">, containerName: string): string {
  return `${containerName}-firelens-${task.taskId}`;
}

/** Where on the host the router's socket appears. */
export function firelensSocketFolder(taskFolder: string): string {
  return join(taskFolder, "firelens/socket");
}

/** The router's configuration on the host. */
export function firelensConfigFile(taskFolder: string): string {
  return join(taskFolder, "firelens/fluent.conf");
}

/** What the router sees: its configuration, and the folder of its socket. Nothing for other containers. */
export function firelensMounts(
  task: TaskRecord,
  container: Pick<ContainerRecord, "name">,
  taskFolder: string,
): Mount[] {
  const router = routerOf(task);
  if (router?.containerName !== container.name) return [];
  return [
    { source: firelensConfigFile(taskFolder), destination: CONFIG_PATH[router.type], readOnly: false },
    { source: firelensSocketFolder(taskFolder), destination: "/var/run", readOnly: false },
  ];
}

/** Variables that ECS sets: where the router can be dialled, and as whom Fluentd must run to make the socket. */
export function firelensEnvironment(task: TaskRecord, container: ContainerRecord): Record<string, string> {
  const router = routerOf(task);
  return {
    ...(usesFirelens(definitionOf(task, container)) ? { FLUENT_HOST: "127.0.0.1", FLUENT_PORT: "24224" } : {}),
    ...(router?.type === "fluentd" && router.containerName === container.name ? { FLUENT_UID: "0" } : {}),
  };
}

/**
 * The variable of the router that has the value of a container's secret log option, as the agent names it: the
 * configuration, which lies on the disk, only refers to it.
 */
export function secretVariable(task: TaskRecord, container: Pick<ContainerRecord, "name">, option: string): string {
  return `${option}_${task.containers.findIndex(({ name }) => name === container.name)}`;
}

/** What the router reads its secret settings from; nothing for other containers. */
export function firelensSecrets(
  task: TaskRecord,
  container: Pick<ContainerRecord, "name">,
  logOptions: SecretsByContainer,
): Record<string, string> {
  if (routerOf(task)?.containerName !== container.name) return {};
  return Object.fromEntries(
    task.containers
      .filter((user) => usesFirelens(definitionOf(task, user)))
      .flatMap((user) =>
        Object.entries(logOptions[user.name] ?? {}).map(([option, value]) => [
          secretVariable(task, user, option),
          value,
        ]),
      ),
  );
}

/**
 * That a container waits for the router whose services it uses, and is stopped before it: unless it says itself when it
 * starts, or the router waits for others, which could be this one.
 */
export function firelensDependency(task: TaskRecord, container: ContainerRecord): ContainerDependency[] {
  const definition = definitionOf(task, container);
  const router = task.definition.containerDefinitions?.find((one) => one.firelensConfiguration);
  if (!router || !usesFirelens(definition) || router.dependsOn?.length) return [];
  if (definition.dependsOn?.some(({ containerName }) => containerName === router.name)) return [];
  return [{ containerName: router.name, condition: "START" }];
}
