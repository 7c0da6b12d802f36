import type { AccessPointDescription, FileSystemDescription, MountTargetDescription } from "@aws-sdk/client-efs";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { zonesOf } from "../ec2/zones.ts";
import type { Efs } from "./efs.ts";
import { resourceArn } from "./identifiers.ts";
import type { AccessPointRecord, FileSystemRecord, MountTargetRecord } from "./records.ts";
import { nameOf } from "./tags.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html */
export async function fileSystemView(efs: Efs, scope: Scope, record: FileSystemRecord): Promise<FileSystemDescription> {
  const { fileSystemId, availabilityZoneName, state } = record;
  return {
    OwnerId: scope.account,
    CreationToken: record.creationToken,
    FileSystemId: fileSystemId,
    FileSystemArn: resourceArn(scope, "file-system", fileSystemId),
    CreationTime: record.createdAt,
    LifeCycleState: state,
    ...nameOf(record.tags),
    NumberOfMountTargets: await efs.records.mountTargets.count(scopeKey(scope), { fileSystemId }),
    SizeInBytes:
      state === "available"
        ? await efs.sizes.of({ scope, fileSystemId })
        : { Value: 0, ValueInStandard: 0, ValueInIA: 0, ValueInArchive: 0 },
    PerformanceMode: record.performanceMode,
    Encrypted: record.encrypted,
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    ThroughputMode: record.throughputMode,
    ...(record.provisionedThroughput === undefined
      ? {}
      : { ProvisionedThroughputInMibps: record.provisionedThroughput }),
    ...(availabilityZoneName === undefined
      ? {}
      : {
          AvailabilityZoneName: availabilityZoneName,
          AvailabilityZoneId: zonesOf(scope.region).find(({ zoneName }) => zoneName === availabilityZoneName)?.zoneId,
        }),
    Tags: record.tags,
    FileSystemProtection: { ReplicationOverwriteProtection: record.overwriteProtection },
  };
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_MountTargetDescription.html */
export function mountTargetView(scope: Scope, record: MountTargetRecord): MountTargetDescription {
  return {
    OwnerId: scope.account,
    MountTargetId: record.mountTargetId,
    FileSystemId: record.fileSystemId,
    SubnetId: record.subnetId,
    LifeCycleState: record.state,
    IpAddress: record.ipAddress,
    NetworkInterfaceId: record.interfaceId,
    AvailabilityZoneId: record.availabilityZoneId,
    AvailabilityZoneName: record.availabilityZone,
    VpcId: record.vpcId,
  };
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html */
export function accessPointView(scope: Scope, record: AccessPointRecord): AccessPointDescription {
  const { accessPointId, posixUser, creationInfo } = record;
  return {
    ClientToken: record.clientToken,
    ...nameOf(record.tags),
    Tags: record.tags,
    AccessPointId: accessPointId,
    AccessPointArn: resourceArn(scope, "access-point", accessPointId),
    FileSystemId: record.fileSystemId,
    ...(posixUser
      ? {
          PosixUser: {
            Uid: posixUser.uid,
            Gid: posixUser.gid,
            ...(posixUser.secondaryGids.length ? { SecondaryGids: posixUser.secondaryGids } : {}),
          },
        }
      : {}),
    RootDirectory: {
      Path: record.rootPath,
      ...(creationInfo
        ? {
            CreationInfo: {
              OwnerUid: creationInfo.ownerUid,
              OwnerGid: creationInfo.ownerGid,
              Permissions: creationInfo.permissions,
            },
          }
        : {}),
    },
    OwnerId: scope.account,
    LifeCycleState: "available",
  };
}
