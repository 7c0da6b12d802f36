import { posix } from "node:path";
import type { Volume } from "@aws-sdk/client-ecs";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** A volume of the task definition, or one that the image of a container declares. */
export type VolumeReference = { name: string } | { containerName: string; index: number };

/** A volume as one container sees it. */
export interface PlannedMount {
  volume: VolumeReference;
  destination: string;
  readOnly: boolean;
}

/** Whether a volume lies on the task's own storage. */
export function isBindVolume(volume: Volume): boolean {
  return !(
    volume.configuredAtLaunch ||
    volume.efsVolumeConfiguration ||
    volume.s3filesVolumeConfiguration ||
    volume.fsxWindowsFileServerVolumeConfiguration ||
    volume.dockerVolumeConfiguration
  );
}

/** A path in a container without detours; two that are equal name the same place, but for links. */
export function containerPathOf(path: string): string {
  const normal = posix.normalize(`/${path}`);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** The paths that a container's image declares as VOLUME; the position of each is its name. */
export function imageVolumes(container: Pick<ContainerRecord, "image">): string[] {
  return [...new Set((container.image?.config.volumes ?? []).map(containerPathOf))];
}

/**
 * What a container sees of volumes, as Docker decides it: first all that the containers of `volumesFrom` see, then its
 * own mount points, which replace those at the same paths, and at last a new volume for each VOLUME of its image where
 * nothing is mounted yet. The images must be there.
 */
export function plannedMounts(task: TaskRecord, container: ContainerRecord): PlannedMount[] {
  return [...mountsByPath(task, container, new Set()).values()];
}

function mountsByPath(task: TaskRecord, container: ContainerRecord, visited: Set<string>): Map<string, PlannedMount> {
  const mounts = new Map<string, PlannedMount>();
  if (visited.has(container.name)) return mounts;
  visited.add(container.name);
  const definition = definitionOf(task, container);
  const put = (volume: VolumeReference, path: string, readOnly: boolean) => {
    const destination = containerPathOf(path);
    mounts.set(destination, { volume, destination, readOnly });
  };
  for (const { sourceContainer, readOnly } of definition.volumesFrom ?? []) {
    const source = task.containers.find(({ name }) => name === sourceContainer);
    if (!source) continue;
    for (const mount of mountsByPath(task, source, new Set(visited)).values())
      put(mount.volume, mount.destination, mount.readOnly || (readOnly ?? false));
  }
  for (const { sourceVolume, containerPath, readOnly } of definition.mountPoints ?? [])
    put({ name: sourceVolume! }, containerPath!, readOnly ?? false);
  for (const [index, path] of imageVolumes(container).entries())
    if (!mounts.has(path)) put({ containerName: container.name, index }, path, false);
  return mounts;
}

/** Where a bind volume's first content comes from. */
export interface ContentSource {
  container: ContainerRecord;
  path: string;
}

/**
 * Where the content of a bind volume may come from, the first that has any: a container's image has it at a path that it
 * declares as VOLUME, and the volume is mounted at that very path.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export function contentSources(task: TaskRecord, name: string): ContentSource[] {
  return task.containers.flatMap((container) => {
    const declared = imageVolumes(container);
    return (definitionOf(task, container).mountPoints ?? [])
      .filter((point) => point.sourceVolume === name)
      .map((point) => ({ container, path: containerPathOf(point.containerPath!) }))
      .filter(({ path }) => declared.includes(path));
  });
}
