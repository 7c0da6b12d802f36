import type { CreateMountTargetRequest } from "@aws-sdk/client-efs";
import { AwsError } from "../../base/errors.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { isInSubnet, reserveMountTargetInterface, subnetOf } from "../ec2/mount-target-interfaces.ts";
import type { Efs } from "./efs.ts";
import {
  addressInUse,
  badRequest,
  mountTargetConflict,
  mountTargetNotAvailable,
  noFreeAddresses,
  notSupported,
  securityGroupNotFound,
  subnetNotFound,
  tooManySecurityGroups,
  zonesMismatch,
} from "./errors.ts";
import { availableFileSystem, mountTargetOf } from "./existing.ts";
import { newMountTargetId } from "./identifiers.ts";
import type { MountTargetRecord } from "./records.ts";

const MAX_GROUPS = 5;

/**
 * Writes a new mount target with its interface, in one transaction.
 * https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
 * @throws AwsError as the page lists them
 */
export async function createMountTargetRecord(
  efs: Efs,
  scope: Scope,
  input: CreateMountTargetRequest,
): Promise<MountTargetRecord> {
  if (input.Ipv6Address !== undefined || (input.IpAddressType ?? "IPV4_ONLY") !== "IPV4_ONLY")
    throw notSupported("IpAddressType other than IPV4_ONLY");
  const groupIds = input.SecurityGroups ?? [];
  checkGroupCount(groupIds);
  return await efs.store.transaction(async () => {
    const system = await availableFileSystem(efs, scope, input.FileSystemId!);
    const { fileSystemId } = system;
    const subnet = await subnetOf(efs.ec2, scope, input.SubnetId!).catch(asEfsError(input));
    const { availabilityZone } = subnet;
    if (system.availabilityZoneName !== undefined && system.availabilityZoneName !== availabilityZone)
      throw zonesMismatch(system.availabilityZoneName);
    const others = await efs.records.mountTargets.list(scopeKey(scope), { where: { fileSystemId } });
    if (others.some((each) => each.vpcId !== subnet.vpcId))
      throw mountTargetConflict(
        "requested subnet for new mount target is not in the same VPC as existing mount targets",
      );
    if (others.some((each) => each.availabilityZone === availabilityZone))
      throw mountTargetConflict("mount target already exists in this AZ");
    if (input.IpAddress !== undefined && !isInSubnet(subnet, input.IpAddress))
      throw badRequest("Address does not fall within the subnet's address range");
    const mountTargetId = newMountTargetId(efs.ids);
    const { interfaceId, privateIp } = await reserveMountTargetInterface(efs.ec2, scope, subnet, {
      groupIds,
      privateIp: input.IpAddress,
      description: `EFS mount target for ${fileSystemId} (${mountTargetId})`,
    }).catch(asEfsError(input));
    const record: MountTargetRecord = {
      mountTargetId,
      fileSystemId,
      state: "creating",
      vpcId: subnet.vpcId,
      subnetId: subnet.subnetId,
      availabilityZone,
      availabilityZoneId: subnet.availabilityZoneId,
      interfaceId,
      ipAddress: privateIp,
    };
    await efs.records.mountTargets.insert(scopeKey(scope), mountTargetId, record);
    return record;
  });
}

/** @throws AwsError SecurityGroupLimitExceeded */
export function checkGroupCount(groupIds: readonly string[]): void {
  if (new Set(groupIds).size > MAX_GROUPS) throw tooManySecurityGroups(MAX_GROUPS);
}

/**
 * A mount target that is not on its way out.
 * @throws AwsError MountTargetNotFound, IncorrectMountTargetState
 */
export async function livingMountTarget(efs: Efs, scope: Scope, id: string): Promise<MountTargetRecord> {
  const found = await mountTargetOf(efs, scope, id);
  if (found.state === "deleting") throw mountTargetNotAvailable(id, found.state);
  return found;
}

/** EC2's refusals in the words of EFS. */
export function asEfsError({
  SubnetId = "",
  IpAddress = "",
}: {
  SubnetId?: string | undefined;
  IpAddress?: string | undefined;
}): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof AwsError)) throw cause;
    switch (cause.code) {
      case "InvalidSubnetID.NotFound":
      case "InvalidSubnetID.Malformed":
        throw subnetNotFound(SubnetId);
      case "InvalidGroup.NotFound":
      case "InvalidGroupId.Malformed":
        throw securityGroupNotFound(cause.message);
      case "InsufficientFreeAddressesInSubnet":
        throw noFreeAddresses(SubnetId);
      case "InvalidParameterValue":
        throw addressInUse(IpAddress);
      default:
        throw badRequest(cause.message);
    }
  };
}
