import { AwsError } from "../../base/errors.ts";

/* The errors of EFS, https://docs.aws.amazon.com/efs/latest/ug/api-reference.html; each says its code in a member too. */

function error(code: string, message: string, fields: Record<string, string> = {}): AwsError {
  return new AwsError(code, message, undefined, { ErrorCode: code, ...fields });
}

export const badRequest = (message: string) => error("BadRequest", message);

/** What EFS has and Neargate does not act on. */
export const notSupported = (what: string) => badRequest(`'${what}' is not supported by Neargate yet.`);

export const fileSystemNotFound = (id: string) => error("FileSystemNotFound", `File system '${id}' does not exist.`);

export const fileSystemExists = (token: string, FileSystemId: string) =>
  error("FileSystemAlreadyExists", `File system '${FileSystemId}' already exists with creation token '${token}'`, {
    FileSystemId,
  });

export const fileSystemInUse = (id: string) =>
  error("FileSystemInUse", `The file system '${id}' has mount targets and cannot be deleted.`);

export const fileSystemNotAvailable = (id: string, state: string) =>
  error("IncorrectFileSystemLifeCycleState", `The file system '${id}' is in state '${state}', not 'available'.`);

export const fileSystemLimitExceeded = (limit: number) =>
  error("FileSystemLimitExceeded", `You have reached the maximum number of file systems (${limit}).`);

export const unsupportedZone = (zone: string) =>
  error("UnsupportedAvailabilityZone", `The Availability Zone '${zone}' is not supported.`);

export const zonesMismatch = (zone: string) =>
  error(
    "AvailabilityZonesMismatch",
    `The file system uses One Zone storage in '${zone}'; the subnet is in another zone.`,
  );

export const mountTargetNotFound = (id: string) => error("MountTargetNotFound", `Mount target '${id}' does not exist.`);

export const mountTargetConflict = (message: string) => error("MountTargetConflict", message);

export const mountTargetNotAvailable = (id: string, state: string) =>
  error("IncorrectMountTargetState", `The mount target '${id}' is in state '${state}'.`);

export const subnetNotFound = (id: string) => error("SubnetNotFound", `The subnet ID '${id}' does not exist`);

export const securityGroupNotFound = (message: string) => error("SecurityGroupNotFound", message);

export const tooManySecurityGroups = (limit: number) =>
  error("SecurityGroupLimitExceeded", `The maximum number of security groups per mount target is ${limit}.`);

export const noFreeAddresses = (subnetId: string) =>
  error("NoFreeAddressesInSubnet", `There are no free IP addresses in subnet '${subnetId}'.`);

export const addressInUse = (address: string) =>
  error("IpAddressInUse", `The IP address '${address}' is already in use within the subnet.`);

export const accessPointNotFound = (id: string) => error("AccessPointNotFound", `Access point '${id}' does not exist.`);

export const accessPointExists = (token: string, AccessPointId: string) =>
  error("AccessPointAlreadyExists", `Access point '${AccessPointId}' already exists with client token '${token}'`, {
    AccessPointId,
  });

export const accessPointLimitExceeded = (limit: number) =>
  error("AccessPointLimitExceeded", `The file system has reached the maximum number of access points (${limit}).`);

export const policyNotFound = (id: string) =>
  error("PolicyNotFound", `There is no policy for the file system '${id}'.`);

export const invalidPolicy = (message: string) => error("InvalidPolicyException", message);

/** Of the backup policy's operations alone. */
export const validationFailure = (message: string) => error("ValidationException", message);

export const replicationNotFound = (id: string) =>
  error("ReplicationNotFound", `The file system '${id}' has no replication configuration.`);
