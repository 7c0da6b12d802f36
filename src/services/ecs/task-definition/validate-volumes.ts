import type { ContainerDefinition, EphemeralStorage, Volume } from "@aws-sdk/client-ecs";
import type { AwsError } from "../../../base/errors.ts";
import { findCycle } from "../../../tasks/container-graph.ts";
import { containerPathOf } from "../../../tasks/volume-plan.ts";
import { clientError } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import { validateEfsVolume } from "./efs-volume.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
/** GiB. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html */
const MIN_STORAGE = 21;
const MAX_STORAGE = 200;

/** What a volume is; a volume is of one kind only. */
const KINDS = [
  "host",
  "configuredAtLaunch",
  "dockerVolumeConfiguration",
  "efsVolumeConfiguration",
  "s3filesVolumeConfiguration",
  "fsxWindowsFileServerVolumeConfiguration",
] as const;

/**
 * Checks the size of a task's storage.
 * @param refuse ClientException in task definitions, InvalidParameterException in overrides
 */
export function validateStorageSize(
  storage: EphemeralStorage,
  refuse: (message: string) => AwsError = clientError,
): void {
  const size = storage.sizeInGiB ?? 0;
  if (size < MIN_STORAGE) throw refuse(`EphemeralStorage size should be at least ${MIN_STORAGE}`);
  if (size > MAX_STORAGE) throw refuse(`EphemeralStorage size should be at most ${MAX_STORAGE}`);
}

/**
 * Checks the volumes of a task definition, and what its containers mount.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
 * @throws AwsError ClientException; InvalidParameterException for kinds of volumes that Neargate does not have yet
 */
export function validateVolumes(volumes: readonly Volume[], containers: readonly ContainerDefinition[]): void {
  const names = new Set<string>();
  for (const volume of volumes) {
    validateVolume(volume);
    if (names.has(volume.name!)) throw clientError(`Duplicate volume name '${volume.name}'.`);
    names.add(volume.name!);
  }
  if (volumes.filter((volume) => volume.configuredAtLaunch).length > 1)
    throw clientError("Only one volume configured at launch is supported per task definition.");
  for (const container of containers) validateMountPoints(container, names);
  const mounted = new Set(
    containers.flatMap(({ mountPoints }) => (mountPoints ?? []).map((point) => point.sourceVolume)),
  );
  const unused = volumes.filter((volume) => volume.configuredAtLaunch && !mounted.has(volume.name));
  if (unused.length) throw clientError(`Volumes [${unused[0]!.name}] are not referenced by any of the containers.`);
  validateVolumesFrom(containers);
}

function validateVolume(volume: Volume): void {
  const { name } = volume;
  if (!name) throw clientError("Volume.name should not be null or empty.");
  if (!NAME.test(name))
    throw clientError(
      `Invalid volume name '${name}'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.`,
    );
  const kinds = KINDS.filter((kind) => volume[kind] !== undefined && volume[kind] !== false);
  if (kinds.length > 1) throw clientError(`Volume '${name}' must specify only one of ${kinds.join(", ")}.`);
  refuseUnsupported(volume, ["name", "host", "configuredAtLaunch", "efsVolumeConfiguration"], `volumes[${name}]`);
  if (volume.efsVolumeConfiguration) validateEfsVolume(name, volume.efsVolumeConfiguration);
}

function validateMountPoints({ name, mountPoints }: ContainerDefinition, volumes: ReadonlySet<string>): void {
  const paths = new Set<string>();
  for (const { sourceVolume, containerPath } of mountPoints ?? []) {
    if (!sourceVolume || !volumes.has(sourceVolume)) throw clientError(`Unknown volume '${sourceVolume ?? null}'.`);
    if (!containerPath?.startsWith("/") || containerPathOf(containerPath) === "/" || containerPath.includes("\0"))
      throw clientError(
        `Invalid container path '${containerPath ?? ""}' for volume '${sourceVolume}' in container '${name}': it must be an absolute path and cannot be '/'.`,
      );
    const path = containerPathOf(containerPath);
    if (paths.has(path)) throw clientError(`Duplicate mount point '${path}' in container '${name}'.`);
    paths.add(path);
  }
}

function validateVolumesFrom(containers: readonly ContainerDefinition[]): void {
  for (const { name, volumesFrom } of containers)
    for (const { sourceContainer } of volumesFrom ?? [])
      if (sourceContainer === name || !containers.some((other) => other.name === sourceContainer))
        throw clientError(`Invalid 'volumesFrom' setting. Unknown container: '${sourceContainer ?? null}'.`);
  const graph = containers.map(({ name, volumesFrom }) => ({
    name: name!,
    dependsOn: (volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer!),
  }));
  if (findCycle(graph)) throw clientError("Container volumesFrom contains a cycle");
}
