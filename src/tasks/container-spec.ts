import type { ContainerSpec } from "../compute/backend.ts";
import { environmentOf, type TaskFiles } from "./task-files.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** What the compute backend makes a task's container from. The image and the network must be there. */
export function containerSpec(task: TaskRecord, container: ContainerRecord, files: TaskFiles): ContainerSpec {
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
    name: container.name,
    image: container.image,
    entryPoint: definition.entryPoint,
    command: override?.command ?? definition.command,
    workingDirectory: definition.workingDirectory,
    user: definition.user,
    environment: environmentOf(task, container),
    hostname: task.eni.privateDnsName,
    networkNamespace: task.network.networkNamespace,
    mounts: files.mounts(task),
    cpu: override?.cpu ?? definition.cpu ?? 0,
    memoryMiB: override?.memory ?? definition.memory,
    memoryReservationMiB: override?.memoryReservation ?? definition.memoryReservation,
    ulimits: definition.ulimits,
    capabilities: { add: capabilities?.add ?? [], drop: capabilities?.drop ?? [] },
    initProcess: definition.linuxParameters?.initProcessEnabled ?? false,
    readonlyRootFilesystem: definition.readonlyRootFilesystem ?? false,
    labels: {
      ...definition.dockerLabels,
      "com.amazonaws.ecs.cluster": task.clusterArn,
      "com.amazonaws.ecs.container-name": container.name,
      "com.amazonaws.ecs.task-arn": task.taskArn,
      "com.amazonaws.ecs.task-definition-family": task.definition.family ?? "",
      "com.amazonaws.ecs.task-definition-version": String(task.definition.revision ?? ""),
    },
    ...output,
  };
}

/** The signal that asks a container to end: its image's STOPSIGNAL, or SIGTERM. */
export function stopSignalOf(container: ContainerRecord): string {
  return container.image?.config.stopSignal ?? "SIGTERM";
}
