import type {
  AttachmentStatus,
  BlockPublicAccessStates,
  InternetGateway,
  Subnet,
  SubnetCidrBlockStateCode,
  SubnetIpv6CidrBlockAssociation,
  Vpc,
  VpcCidrBlockAssociation,
  VpcCidrBlockStateCode,
  VpcIpv6CidrBlockAssociation,
} from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { CidrAssociation, InternetGatewayRecord, SubnetRecord, VpcRecord } from "./records.ts";

/* Records as the API shows them. */

/** The pool that Amazon's IPv6 ranges are of. */
export const AMAZON_IPV6_POOL = "Amazon";

/** There is no VPC Block Public Access here. */
const OPEN: BlockPublicAccessStates = { InternetGatewayBlockMode: "off" };

export function vpcView(vpc: VpcRecord, scope: Scope): Vpc {
  return {
    VpcId: vpc.vpcId,
    CidrBlock: vpc.cidrBlocks[0]!.cidrBlock,
    CidrBlockAssociationSet: vpc.cidrBlocks.map((each) => vpcCidrView(each, "associated")),
    ...(vpc.ipv6CidrBlocks.length
      ? { Ipv6CidrBlockAssociationSet: vpc.ipv6CidrBlocks.map((each) => vpcIpv6CidrView(each, scope, "associated")) }
      : {}),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: "default",
    IsDefault: vpc.isDefault,
    OwnerId: scope.account,
    BlockPublicAccessStates: OPEN,
    State: "available",
    Tags: vpc.tags,
  };
}

export function vpcCidrView(
  { associationId, cidrBlock }: CidrAssociation,
  State: VpcCidrBlockStateCode,
): VpcCidrBlockAssociation {
  return { AssociationId: associationId, CidrBlock: cidrBlock, CidrBlockState: { State } };
}

export function vpcIpv6CidrView(
  { associationId, cidrBlock }: CidrAssociation,
  scope: Scope,
  State: VpcCidrBlockStateCode,
): VpcIpv6CidrBlockAssociation {
  return {
    AssociationId: associationId,
    Ipv6CidrBlock: cidrBlock,
    Ipv6CidrBlockState: { State },
    NetworkBorderGroup: scope.region,
    Ipv6Pool: AMAZON_IPV6_POOL,
    Ipv6AddressAttribute: "public",
    IpSource: "amazon",
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
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    Ipv6CidrBlockAssociationSet: subnet.ipv6CidrBlock ? [subnetIpv6CidrView(subnet.ipv6CidrBlock, "associated")] : [],
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: "ip-name",
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    OwnerId: scope.account,
    BlockPublicAccessStates: OPEN,
    State: "available",
    Tags: subnet.tags,
  };
}

export function subnetIpv6CidrView(
  { associationId, cidrBlock }: CidrAssociation,
  State: SubnetCidrBlockStateCode,
): SubnetIpv6CidrBlockAssociation {
  return {
    AssociationId: associationId,
    Ipv6CidrBlock: cidrBlock,
    Ipv6CidrBlockState: { State },
    Ipv6AddressAttribute: "public",
    IpSource: "amazon",
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
