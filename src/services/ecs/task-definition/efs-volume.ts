import type { EFSVolumeConfiguration, Volume } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";

const FILE_SYSTEM = /^fs-([0-9a-f]{8}|[0-9a-f]{17})$/;
const ACCESS_POINT = /^fsap-([0-9a-f]{8}|[0-9a-f]{17})$/;
const MAX_PORT = 65_535;

/**
 * Checks a volume that is an EFS file system; that it exists is seen when a task starts.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html
 * @throws AwsError ClientException, InvalidParameterException
 */
export function validateEfsVolume(name: string, configuration: EFSVolumeConfiguration): void {
  const { fileSystemId = "", rootDirectory, transitEncryption, transitEncryptionPort } = configuration;
  const { accessPointId, iam } = configuration.authorizationConfig ?? {};
  refuseUnsupported(
    configuration,
    ["fileSystemId", "rootDirectory", "transitEncryption", "transitEncryptionPort", "authorizationConfig"],
    `volumes[${name}].efsVolumeConfiguration`,
  );
  if (!FILE_SYSTEM.test(fileSystemId))
    throw clientError(`Invalid EFS file system ID '${fileSystemId}' for volume '${name}'.`);
  if (accessPointId && !ACCESS_POINT.test(accessPointId))
    throw clientError(`Invalid EFS access point ID '${accessPointId}' for volume '${name}'.`);
  if (accessPointId && rootDirectory && rootDirectory !== "/")
    throw clientError('When using an EFS access point, the root directory must either be set to "/" or be omitted.');
  if (transitEncryption !== "ENABLED") {
    if (accessPointId) throw clientError("Transit encryption must be enabled when using an EFS access point.");
    if (iam === "ENABLED")
      throw clientError("Transit encryption must be enabled when using IAM authorization for EFS.");
    if (transitEncryptionPort !== undefined)
      throw clientError("Transit encryption must be enabled when specifying a transit encryption port.");
  }
  if (transitEncryptionPort !== undefined && (transitEncryptionPort < 1 || transitEncryptionPort > MAX_PORT))
    throw clientError(`Invalid transit encryption port '${transitEncryptionPort}'.`);
  if (rootDirectory?.includes("\0") || rootDirectory?.split("/").includes(".."))
    throw clientError(`Invalid root directory '${rootDirectory}' for volume '${name}'.`);
}

/** The volume as ECS keeps it: with the file system's root unless told. */
export function withRootDirectory(volume: Volume): Volume {
  const { efsVolumeConfiguration: efs } = volume;
  return efs ? { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory || "/" } } : volume;
}

/** Whether a volume needs more of an agent than mounting: encryption or authorization. */
export function usesEfsAuthorization({ efsVolumeConfiguration: efs }: Volume): boolean {
  return efs?.transitEncryption === "ENABLED" || efs?.authorizationConfig !== undefined;
}
