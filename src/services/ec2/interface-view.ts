import type {
  NetworkInterface,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
  NetworkInterfaceStatus,
  NetworkInterfaceType,
} from "@aws-sdk/client-ec2";
import type { Scope } from "../../base/scope.ts";
import { hasHostnames, publicDnsName } from "./dns-names.ts";
import type { InterfaceRole, NetworkInterfaceRecord, VpcRecord } from "./records.ts";

const TYPES: Record<InterfaceRole, NetworkInterfaceType> = {
  task: "interface",
  // AWS answers this, whatever its model says.
  nat: "nat_gateway" as NetworkInterfaceType,
  endpoint: "vpc_endpoint",
  // As AWS answers it.
  efs: "efs" as NetworkInterfaceType,
};

/** Who made an interface, as AWS calls itself. */
export const REQUESTER = "amazon-aws";

/** @param groupNames the names of the groups, by id */
export function networkInterfaceView(
  record: NetworkInterfaceRecord,
  scope: Scope,
  vpc: VpcRecord,
  groupNames: ReadonlyMap<string, string>,
): NetworkInterface {
  const { privateIp, ipv6Address } = record;
  const Association = associationView(record, scope, vpc);
  const names = hasHostnames(vpc) ? { PrivateDnsName: record.privateDnsName } : {};
  return {
    NetworkInterfaceId: record.interfaceId,
    InterfaceType: interfaceType(record),
    Description: record.description,
    Status: interfaceStatus(record),
    VpcId: record.vpcId,
    SubnetId: record.subnetId,
    AvailabilityZone: record.availabilityZone,
    AvailabilityZoneId: record.availabilityZoneId,
    MacAddress: record.macAddress,
    ...names,
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [{ Association, Primary: true, ...names, PrivateIpAddress: privateIp }],
    Ipv6Addresses: ipv6Address === undefined ? [] : [{ Ipv6Address: ipv6Address, IsPrimaryIpv6: false }],
    ...(ipv6Address === undefined ? {} : { Ipv6Address: ipv6Address }),
    Association,
    Attachment: attachmentView(record),
    Groups: groupsView(record, groupNames),
    OwnerId: scope.account,
    RequesterId: REQUESTER,
    RequesterManaged: true,
    SourceDestCheck: hasSourceDestCheck(record),
    TagSet: record.tags,
  };
}

export function interfaceType({ role }: NetworkInterfaceRecord): NetworkInterfaceType {
  return TYPES[role];
}

export function interfaceStatus({ attachedAt, detaching }: NetworkInterfaceRecord): NetworkInterfaceStatus {
  if (detaching) return "detaching";
  return attachedAt ? "in-use" : "attaching";
}

export function attachmentStatus({ attachedAt, detaching }: NetworkInterfaceRecord) {
  if (detaching) return "detaching" as const;
  return attachedAt ? ("attached" as const) : ("attaching" as const);
}

/** A NAT gateway forwards what is not its own. */
export function hasSourceDestCheck({ role }: NetworkInterfaceRecord): boolean {
  return role !== "nat";
}

export function attachmentView(record: NetworkInterfaceRecord): NetworkInterfaceAttachment {
  return {
    AttachmentId: record.attachmentId,
    AttachTime: record.attachedAt,
    DeleteOnTermination: false,
    DeviceIndex: 1,
    NetworkCardIndex: 0,
    InstanceOwnerId: REQUESTER,
    Status: attachmentStatus(record),
  };
}

export function groupsView({ groupIds }: NetworkInterfaceRecord, groupNames: ReadonlyMap<string, string>) {
  return groupIds.map((GroupId) => ({ GroupId, GroupName: groupNames.get(GroupId) }));
}

/** Who owns a public address: the account that allocated an elastic one, else Amazon. */
export function publicIpOwner({ publicIp, allocationId }: NetworkInterfaceRecord, scope: Scope): string | undefined {
  if (publicIp === undefined) return undefined;
  return allocationId === undefined ? "amazon" : scope.account;
}

/** The public name of an interface's address: empty where the VPC has none, absent without a public address. */
export function publicNameOf({ publicIp }: NetworkInterfaceRecord, scope: Scope, vpc: VpcRecord): string | undefined {
  if (publicIp === undefined) return undefined;
  return hasHostnames(vpc) ? publicDnsName(publicIp, scope.region) : "";
}

function associationView(
  record: NetworkInterfaceRecord,
  scope: Scope,
  vpc: VpcRecord,
): NetworkInterfaceAssociation | undefined {
  if (record.publicIp === undefined) return undefined;
  return {
    ...(record.allocationId === undefined ? {} : { AllocationId: record.allocationId }),
    AssociationId: record.publicAssociationId,
    IpOwnerId: publicIpOwner(record, scope),
    PublicDnsName: publicNameOf(record, scope, vpc),
    PublicIp: record.publicIp,
  };
}
