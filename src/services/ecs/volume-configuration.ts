import type { ServiceVolumeConfiguration, Tag, TaskDefinition, TaskVolumeConfiguration } from "@aws-sdk/client-ecs";
import type { FileSystem } from "../../storage/disks.ts";
import { volumePerformance, type VolumePerformance } from "./ebs-rules.ts";
import { invalidParameter } from "./errors.ts";
import { refuseUnsupported } from "./supported.ts";
import { checkTags } from "./tags.ts";

/** An EBS volume that tasks get at their launch, every default filled in. */
export interface ConfiguredVolume extends VolumePerformance {
  /** In the task definition. */
  name: string;
  roleArn: string;
  fileSystem: FileSystem;
  encryption?: { kmsKeyId: string };
  deleteOnTermination: boolean;
  tags: Tag[];
  propagateTags: string;
}

type Configuration = TaskVolumeConfiguration | ServiceVolumeConfiguration;

const FILE_SYSTEMS: readonly string[] = ["ext3", "ext4", "xfs"];
/** AWS's own for EBS. Whether a key is there is found out when a volume is made. */
const DEFAULT_KEY = "alias/aws/ebs";
/** ECS puts these on itself. */
const RESERVED_TAGS = ["AmazonECSCreated", "AmazonECSManaged"];

/**
 * Checks the configuration of a task definition's volume that is configured at launch.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
 * @returns `undefined` when the definition has no such volume
 * @throws AwsError InvalidParameterException
 */
export function configuredVolume(
  definition: TaskDefinition,
  given: readonly Configuration[] | undefined,
): ConfiguredVolume | undefined {
  const configurations = given ?? [];
  const volume = definition.volumes?.find(({ configuredAtLaunch }) => configuredAtLaunch);
  if (configurations.length > 1) throw invalidParameter("Only one volume configuration is supported.");
  const [configuration] = configurations;
  if (!volume) {
    if (configuration) throw invalidParameter(`${unknownName(configuration)} with configuredAtLaunch set to true.`);
    return undefined;
  }
  if (!configuration)
    throw invalidParameter(`A volume configuration must be specified for the volume '${volume.name}'.`);
  if (configuration.name !== volume.name)
    throw invalidParameter(`${unknownName(configuration)} with configuredAtLaunch set to true.`);
  if (!configuration.managedEBSVolume)
    throw invalidParameter(`managedEBSVolume must be specified for the volume '${volume.name}'.`);
  return checkedVolume(volume.name!, configuration.managedEBSVolume);
}

function unknownName({ name }: Configuration): string {
  return `The volume '${name}' of the volume configuration does not match a volume in the task definition`;
}

function checkedVolume(name: string, asked: NonNullable<Configuration["managedEBSVolume"]>): ConfiguredVolume {
  refuseUnsupported(
    asked as NonNullable<TaskVolumeConfiguration["managedEBSVolume"]>,
    [
      "volumeType",
      "sizeInGiB",
      "iops",
      "throughput",
      "encrypted",
      "kmsKeyId",
      "tagSpecifications",
      "roleArn",
      "terminationPolicy",
      "filesystemType",
    ],
    "volumeConfigurations.managedEBSVolume",
  );
  const { sizeInGiB, volumeType, iops, throughput } = asked;
  if (sizeInGiB === undefined) throw invalidParameter("Either sizeInGiB or snapshotId must be specified.");
  const fileSystem = asked.filesystemType ?? "xfs";
  if (!FILE_SYSTEMS.includes(fileSystem))
    throw invalidParameter(`The filesystemType '${fileSystem}' is not supported for Linux tasks.`);
  if (asked.kmsKeyId !== undefined && !asked.encrypted)
    throw invalidParameter("The parameter kmsKeyId requires the parameter encrypted to be set.");
  const [specification, ...others] = asked.tagSpecifications ?? [];
  if (others.length) throw invalidParameter("Only one tag specification is supported for a volume.");
  const tags = checkTags(specification?.tags);
  const reserved = tags.find(({ key }) => RESERVED_TAGS.includes(key!));
  if (reserved) throw invalidParameter(`The tag key '${reserved.key}' is reserved.`);
  return {
    name,
    ...volumePerformance({ volumeType: volumeType ?? "gp2", sizeGiB: sizeInGiB, iops, throughput }),
    roleArn: asked.roleArn!,
    fileSystem: fileSystem as FileSystem,
    ...(asked.encrypted ? { encryption: { kmsKeyId: asked.kmsKeyId ?? DEFAULT_KEY } } : {}),
    deleteOnTermination: "terminationPolicy" in asked ? (asked.terminationPolicy?.deleteOnTermination ?? true) : true,
    tags,
    propagateTags: specification?.propagateTags ?? "NONE",
  };
}

/** The tags that a volume gets: those asked for, those of what it is made for, and those of ECS. */
export function volumeTags(
  volume: ConfiguredVolume,
  sources: { definition: readonly Tag[]; service: readonly Tag[]; managed: readonly Tag[] },
): Tag[] {
  const propagated =
    volume.propagateTags === "TASK_DEFINITION"
      ? sources.definition
      : volume.propagateTags === "SERVICE"
        ? sources.service
        : [];
  const own = RESERVED_TAGS.map((key) => ({ key, value: "true" }));
  const merged = new Map([...propagated, ...volume.tags, ...sources.managed, ...own].map((tag) => [tag.key, tag]));
  return [...merged.values()];
}
