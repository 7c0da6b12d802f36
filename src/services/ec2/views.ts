import type {
  AttachmentStatus,
  InternetGateway,
  NetworkInterface,
  SecurityGroup,
  Subnet,
  Vpc,
} from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { mergedPermissions } from "./permissions.ts";
import type {
  InternetGatewayRecord,
  NetworkInterfaceRecord,
  SecurityGroupRecord,
  SubnetRecord,
  VpcRecord,
} from "./store.ts";

/* Records as the API shows them. */

export function vpcView(vpc: VpcRecord, scope: Scope): Vpc {
  return {
    VpcId: vpc.vpcId,
    CidrBlock: vpc.cidrBlocks[0]!.cidrBlock,
    CidrBlockAssociationSet: vpc.cidrBlocks.map(({ associationId, cidrBlock }) => ({
      AssociationId: associationId,
      CidrBlock: cidrBlock,
      CidrBlockState: { State: "associated" },
    })),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: "default",
    IsDefault: vpc.isDefault,
    OwnerId: scope.account,
    State: "available",
    Tags: vpc.tags,
  };
}

export function subnetView(subnet: SubnetRecord, scope: Scope, availableAddresses: number): Subnet {
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: formatArn("ec2", scope, `subnet/${subnet.subnetId}`),
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidrBlock,
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: subnet.availabilityZoneId,
    AvailableIpAddressCount: availableAddresses,
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: "ip-name",
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    OwnerId: scope.account,
    State: "available",
    Tags: subnet.tags,
  };
}

export function securityGroupView(group: SecurityGroupRecord, scope: Scope): SecurityGroup {
  const permissions = (isEgress: boolean) =>
    mergedPermissions(
      group.rules.filter((rule) => rule.isEgress === isEgress),
      scope.account,
    );
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: scope.account,
    SecurityGroupArn: securityGroupArn(group.groupId, scope),
    IpPermissions: permissions(false),
    IpPermissionsEgress: permissions(true),
    Tags: group.tags,
  };
}

export function securityGroupArn(groupId: string, scope: Scope): string {
  return formatArn("ec2", scope, `security-group/${groupId}`);
}

/** @param groupNames the names of the groups, by id */
export function networkInterfaceView(
  record: NetworkInterfaceRecord,
  scope: Scope,
  groupNames: ReadonlyMap<string, string>,
): NetworkInterface {
  const { attachedAt, privateDnsName, privateIp, publicIp } = record;
  const Association =
    publicIp === undefined
      ? undefined
      : {
          AssociationId: record.publicAssociationId,
          IpOwnerId: "amazon",
          PublicDnsName: "", // no name server of the world would know it
          PublicIp: publicIp,
        };
  return {
    NetworkInterfaceId: record.interfaceId,
    InterfaceType: "interface",
    Description: record.description,
    Status: attachedAt ? "in-use" : "attaching",
    VpcId: record.vpcId,
    SubnetId: record.subnetId,
    AvailabilityZone: record.availabilityZone,
    AvailabilityZoneId: record.availabilityZoneId,
    MacAddress: record.macAddress,
    PrivateDnsName: privateDnsName,
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [{ Association, Primary: true, PrivateDnsName: privateDnsName, PrivateIpAddress: privateIp }],
    Ipv6Addresses: [],
    Association,
    Attachment: {
      AttachmentId: record.attachmentId,
      AttachTime: attachedAt,
      DeleteOnTermination: false,
      DeviceIndex: 1,
      NetworkCardIndex: 0,
      InstanceOwnerId: "amazon-aws",
      Status: attachedAt ? "attached" : "attaching",
    },
    Groups: record.groupIds.map((GroupId) => ({ GroupId, GroupName: groupNames.get(GroupId) })),
    OwnerId: scope.account,
    RequesterId: "amazon-aws",
    RequesterManaged: true,
    SourceDestCheck: true,
    TagSet: record.tags,
  };
}

export function internetGatewayView(gateway: InternetGatewayRecord, scope: Scope): InternetGateway {
  return {
    InternetGatewayId: gateway.internetGatewayId,
    // The model's enum does not know the state that AWS answers.
    Attachments: gateway.vpcId === undefined ? [] : [{ State: "available" as AttachmentStatus, VpcId: gateway.vpcId }],
    OwnerId: scope.account,
    Tags: gateway.tags,
  };
}
