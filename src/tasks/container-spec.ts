import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { ContainerSpec, Mount } from "../compute/backend.ts";
import type { EphemeralStorage } from "./ephemeral-storage.ts";
import { savedFileVariables } from "./environment-files.ts";
import { firelensSecrets } from "./firelens/router.ts";
import type { TaskSecrets } from "./secrets/task-secrets.ts";
import { environmentOf, type TaskFiles } from "./task-files.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";
import { plannedMounts, type VolumeReference } from "./volume-plan.ts";

/** What the compute backend makes a task's container from. The image and the network must be there. */
export function containerSpec(
  task: TaskRecord,
  container: ContainerRecord,
  { files, storage, secrets }: { files: TaskFiles; storage: EphemeralStorage; secrets: TaskSecrets },
): ContainerSpec {
  const definition = definitionOf(task, container);
  const override = overrideOf(task, container);
  if (!container.image || !task.network) throw new Error(`task ${task.taskId} is not prepared`);
  const output = files.logRoute(task, container)
    ? files.output(task, container)
    : { stdoutPath: "/dev/null", stderrPath: "/dev/null" };
  const capabilities = definition.linuxParameters?.capabilities;
  return {
    id: container.id,
    taskId: task.taskId,
    ...(task.isolation ? { isolation: task.isolation } : {}),
    name: container.name,
    image: container.image,
    entryPoint: definition.entryPoint,
    command: override?.command ?? definition.command,
    workingDirectory: definition.workingDirectory,
    user: definition.user,
    environment: environmentOf(task, container, savedFileVariables(files.folder(task), container.name)),
    ...secretVariables(task, container, secrets),
    hostname: task.eni.privateDnsName,
    networkNamespace: task.network.networkNamespace,
    ...(task.userNamespace ? { userNamespace: task.userNamespace } : {}),
    mounts: [...files.mounts(task, container), ...volumeMounts(task, container, storage)],
    writableLayer: storage.writableLayer(task, container),
    cpu: override?.cpu ?? definition.cpu ?? 0,
    memoryMiB: override?.memory ?? definition.memory,
    memoryReservationMiB: override?.memoryReservation ?? definition.memoryReservation,
    ulimits: definition.ulimits,
    capabilities: { add: capabilities?.add ?? [], drop: capabilities?.drop ?? [] },
    initProcess: definition.linuxParameters?.initProcessEnabled ?? false,
    readonlyRootFilesystem: definition.readonlyRootFilesystem ?? false,
    sharedPids: task.definition.pidMode === "task",
    ...sysctlsOf(definition),
    terminal: definition.pseudoTerminal ?? false,
    ...(definition.interactive ? { stdinPath: files.input(task, container) } : {}),
    labels: containerLabels(task, container),
    ...output,
  };
}

/** Its `secrets`, and of a log router also those of its users' log options. */
function secretVariables(
  task: TaskRecord,
  container: ContainerRecord,
  secrets: TaskSecrets,
): Pick<ContainerSpec, "secrets"> {
  const { environment, logOptions } = secrets.of(task);
  const variables = { ...environment[container.name], ...firelensSecrets(task, container, logOptions) };
  return Object.keys(variables).length ? { secrets: variables } : {};
}

/** Its `systemControls`; those of the network take effect in all containers of the task, which share it. */
function sysctlsOf({ systemControls }: ContainerDefinition): Pick<ContainerSpec, "sysctls"> {
  if (!systemControls?.length) return {};
  return { sysctls: Object.fromEntries(systemControls.map(({ namespace, value }) => [namespace!, value!])) };
}

/** The volumes that a container sees. */
function volumeMounts(task: TaskRecord, container: ContainerRecord, storage: EphemeralStorage): Mount[] {
  const sourceOf = (volume: VolumeReference) =>
    "name" in volume
      ? (task.volumeSources?.[volume.name] ?? storage.volume(task, volume.name))
      : storage.imageVolume(task, volume.containerName, volume.index);
  return plannedMounts(task, container).map(({ volume, destination, readOnly }) => ({
    source: sourceOf(volume),
    destination,
    readOnly: readOnly || ("name" in volume && (task.readOnlyVolumes?.includes(volume.name) ?? false)),
  }));
}

/** The definition's labels, and those that ECS puts on every container. */
export function containerLabels(task: TaskRecord, container: ContainerRecord): Record<string, string> {
  return {
    ...definitionOf(task, container).dockerLabels,
    "com.amazonaws.ecs.cluster": task.clusterArn,
    "com.amazonaws.ecs.container-name": container.name,
    "com.amazonaws.ecs.task-arn": task.taskArn,
    "com.amazonaws.ecs.task-definition-family": task.definition.family ?? "",
    "com.amazonaws.ecs.task-definition-version": String(task.definition.revision ?? ""),
  };
}

/** The signal that asks a container to end: its image's STOPSIGNAL, or SIGTERM. */
export function stopSignalOf(container: ContainerRecord): string {
  return container.image?.config.stopSignal ?? "SIGTERM";
}
