import type { Tag } from "@aws-sdk/client-ec2";

/** One range of a VPC or subnet. */
export interface CidrAssociation {
  associationId: string;
  cidrBlock: string;
}

/** That an account has looked at a Region: what it finds there was made, and does not come back by itself. */
export interface RegionRecord {
  /** What a new VPC gets, as long as there is such a set. */
  dhcpOptionsId: string;
}

export interface VpcRecord {
  vpcId: string;
  /** The primary range first. */
  cidrBlocks: CidrAssociation[];
  ipv6CidrBlocks: CidrAssociation[];
  /** `dopt-…`, or `default`. */
  dhcpOptionsId: string;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  isDefault: boolean;
  tags: Tag[];
}

/** How an EBS volume is encrypted. */
export interface VolumeEncryption {
  /** As it was asked for: id, ARN or alias of a KMS key. */
  kmsKeyId: string;
  /** The volume's own key, encrypted under the KMS key; base64. Both unset until it is made. */
  dataKey?: string;
  keyArn?: string;
}

/** An EBS volume. */
export interface VolumeRecord {
  volumeId: string;
  state: "creating" | "in-use" | "available" | "deleting";
  sizeGiB: number;
  volumeType: string;
  iops?: number;
  throughput?: number;
  fileSystem: "ext3" | "ext4" | "xfs";
  encryption?: VolumeEncryption;
  availabilityZone: string;
  /** The task that has it, or is to have it. */
  taskArn?: string;
  attachedAt?: Date;
  deleteOnTermination: boolean;
  createdAt: Date;
  tags: Tag[];
}

export interface SubnetRecord {
  subnetId: string;
  vpcId: string;
  cidrBlock: string;
  ipv6CidrBlock?: CidrAssociation;
  availabilityZone: string;
  availabilityZoneId: string;
  defaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  assignIpv6AddressOnCreation: boolean;
  tags: Tag[];
}

/** Where a rule lets traffic come from or go to; one of the four. */
export type RulePeer =
  | { cidrIpv4: string }
  | { cidrIpv6: string }
  /** `peeringId` and `userId`, `vpcId` when the group is of a peered VPC. */
  | { groupId: string; peering?: { peeringId: string; vpcId: string; userId: string } }
  | { prefixListId: string };

export interface RuleRecord {
  ruleId: string;
  isEgress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` or an IANA number. */
  protocol: string;
  /** Ports, or ICMP type and code; -1 for all. */
  fromPort: number;
  toPort: number;
  peer: RulePeer;
  description?: string;
  tags: Tag[];
}

export interface SecurityGroupRecord {
  groupId: string;
  groupName: string;
  description: string;
  vpcId: string;
  rules: RuleRecord[];
  tags: Tag[];
}

/** What an interface is for, and what made it. */
export type InterfaceRole = "task" | "nat" | "endpoint" | "efs";

/** An elastic network interface; exists from its reservation until its addresses are given back. */
export interface NetworkInterfaceRecord {
  interfaceId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  availabilityZoneId: string;
  role: InterfaceRole;
  privateIp: string;
  ipv6Address?: string;
  macAddress: string;
  privateDnsName: string;
  publicIp?: string;
  publicAssociationId?: string;
  /** Of the elastic address, when the public address is one: it is not given back with the interface. */
  allocationId?: string;
  groupIds: string[];
  description: string;
  attachmentId: string;
  /** Set once the interface is real. */
  attachedAt?: Date;
  /** Set once it is on its way out. */
  detaching?: boolean;
  tags: Tag[];
}

/** What a route leads to; AWS's member of CreateRoute. */
export type RouteTargetRecord =
  | { internetGatewayId: string }
  | { egressOnlyInternetGatewayId: string }
  | { natGatewayId: string }
  | { vpcPeeringConnectionId: string };

/** A route that was made; those to the VPC's own ranges are not recorded. */
export interface RouteRecord {
  /** A CIDR block of either family, or a prefix list's id. */
  destination: string;
  target: RouteTargetRecord;
}

export interface RouteTableRecord {
  routeTableId: string;
  vpcId: string;
  routes: RouteRecord[];
  /** The main association has no subnet: it holds for all subnets of the VPC that are in none. */
  associations: { associationId: string; subnetId?: string }[];
  clientToken?: string;
  tags: Tag[];
}

export interface InternetGatewayRecord {
  internetGatewayId: string;
  /** Unless detached. */
  vpcId?: string;
  tags: Tag[];
}

export interface EgressOnlyInternetGatewayRecord {
  gatewayId: string;
  vpcId: string;
  clientToken?: string;
  tags: Tag[];
}

export interface NatGatewayRecord {
  natGatewayId: string;
  vpcId: string;
  subnetId: string;
  connectivityType: "public" | "private";
  state: "pending" | "failed" | "available" | "deleting" | "deleted";
  failureCode?: string;
  failureMessage?: string;
  interfaceId: string;
  privateIp: string;
  /** Of public ones. */
  allocationId?: string;
  publicIp?: string;
  associationId?: string;
  clientToken?: string;
  createdAt: Date;
  deletedAt?: Date;
  tags: Tag[];
}

/** An elastic IP address. */
export interface ElasticAddressRecord {
  allocationId: string;
  publicIp: string;
  associationId?: string;
  interfaceId?: string;
  privateIp?: string;
  tags: Tag[];
}

export interface AclEntryRecord {
  ruleNumber: number;
  isEgress: boolean;
  allow: boolean;
  /** `-1` or an IANA number. */
  protocol: string;
  /** One of the two. */
  cidrBlock?: string;
  ipv6CidrBlock?: string;
  portRange?: { from: number; to: number };
  icmp?: { type: number; code: number };
}

export interface NetworkAclRecord {
  networkAclId: string;
  vpcId: string;
  isDefault: boolean;
  /** Without those of number 32767, which every ACL has. */
  entries: AclEntryRecord[];
  /** Every subnet is in one ACL of its VPC. */
  associations: { associationId: string; subnetId: string }[];
  clientToken?: string;
  tags: Tag[];
}

export interface DhcpOptionsRecord {
  dhcpOptionsId: string;
  /** `domain-name-servers` → `["AmazonProvidedDNS"]`. */
  configurations: { key: string; values: string[] }[];
  tags: Tag[];
}

export interface PrefixListRecord {
  prefixListId: string;
  name: string;
  addressFamily: "IPv4" | "IPv6";
  maxEntries: number;
  /** Of the last change; every change is done at once. */
  state: "create-complete" | "modify-complete" | "restore-complete";
  version: number;
  /** By version, the current one last. */
  versions: { version: number; entries: { cidr: string; description?: string }[] }[];
  clientToken?: string;
  tags: Tag[];
}

/** A peering; kept in the requester's scope, and found from both sides. */
export interface PeeringRecord {
  peeringId: string;
  requester: { account: string; region: string; vpcId: string };
  accepter: { account: string; region: string; vpcId: string };
  status: "pending-acceptance" | "active" | "rejected" | "deleted" | "expired" | "failed";
  statusMessage: string;
  expiresAt?: Date;
  endedAt?: Date;
  tags: Tag[];
  /** Those that the accepter gave, when its scope is another one. */
  accepterTags?: Tag[];
}

export interface VpcEndpointRecord {
  endpointId: string;
  vpcId: string;
  serviceName: string;
  subnetIds: string[];
  groupIds: string[];
  /** One in each subnet, in their order. */
  interfaceIds: string[];
  /** Of subnets that were taken away, until they are released. */
  retiringInterfaceIds: string[];
  /** Makes its names unlike those of others: `vpce-…-SUFFIX.ecs.us-east-1.vpce.amazonaws.com`. */
  dnsSuffix: string;
  privateDnsEnabled: boolean;
  /** As it was given; unset where full access is allowed. */
  policyDocument?: string;
  state: "pending" | "available" | "deleting";
  clientToken?: string;
  createdAt: Date;
  tags: Tag[];
}

export interface FlowLogRecord {
  flowLogId: string;
  /** A VPC, a subnet or an interface. */
  resourceId: string;
  vpcId: string;
  trafficType: "ACCEPT" | "REJECT" | "ALL";
  logGroupName: string;
  deliverLogsPermissionArn: string;
  maxAggregationInterval: number;
  logFormat?: string;
  deliverError?: string;
  /** Up to when flows were written; from then on the next records tell. */
  collectedUntil?: Date;
  createdAt: Date;
  clientToken?: string;
  tags: Tag[];
}

/** An address in use. Its scope is the subnet's id, the same with `/ipv6`, or `public`; its id the address. */
export interface AddressRecord {
  /** Of the interface, or the allocation of an elastic address. */
  interfaceId: string;
}

/** Where the search for a free address goes on, so that an address rests before it is used again. */
export interface AddressCursorRecord {
  offset: number;
}
