import type { Tag } from "@aws-sdk/client-ec2";
import type { Store } from "../../store/store.ts";

export interface VpcRecord {
  vpcId: string;
  cidrBlock: string;
  cidrAssociationId: string;
  dhcpOptionsId: string;
  isDefault: boolean;
  tags: Tag[];
}

export interface SubnetRecord {
  subnetId: string;
  vpcId: string;
  cidrBlock: string;
  availabilityZone: string;
  availabilityZoneId: string;
  defaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  tags: Tag[];
}

/** Where a rule lets traffic come from or go to; one of the three. */
export type RulePeer = { cidrIpv4: string } | { cidrIpv6: string } | { groupId: string };

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

/** An elastic network interface; exists from its reservation until its addresses are given back. */
export interface NetworkInterfaceRecord {
  interfaceId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  availabilityZoneId: string;
  privateIp: string;
  macAddress: string;
  privateDnsName: string;
  publicIp?: string;
  publicAssociationId?: string;
  groupIds: string[];
  description: string;
  attachmentId: string;
  /** Set once the interface is real. */
  attachedAt?: Date;
  tags: Tag[];
}

export interface RouteTableRecord {
  routeTableId: string;
  vpcId: string;
  associationId: string;
  internetGatewayId: string;
  tags: Tag[];
}

export interface InternetGatewayRecord {
  internetGatewayId: string;
  vpcId: string;
  tags: Tag[];
}

/** An address in use. Its scope is the subnet's id, or `public`; its id the address. */
export interface AddressRecord {
  interfaceId: string;
}

/** Where the search for a free address goes on, so that an address rests before it is used again. */
export interface AddressCursorRecord {
  offset: number;
}

const inVpc = { columns: { vpcId: "text" as const }, values: (record: { vpcId: string }) => ({ vpcId: record.vpcId }) };

/** The collections of the EC2 service. */
export function ec2Collections(store: Store) {
  return {
    vpcs: store.collection({
      name: "ec2_vpc",
      columns: { isDefault: "integer" },
      values: (vpc: VpcRecord) => ({ isDefault: vpc.isDefault ? 1 : 0 }),
    }),
    subnets: store.collection<SubnetRecord, "vpcId">({ name: "ec2_subnet", ...inVpc }),
    groups: store.collection<SecurityGroupRecord, "vpcId">({ name: "ec2_security_group", ...inVpc }),
    interfaces: store.collection<NetworkInterfaceRecord, "vpcId">({ name: "ec2_network_interface", ...inVpc }),
    routeTables: store.collection<RouteTableRecord, "vpcId">({ name: "ec2_route_table", ...inVpc }),
    internetGateways: store.collection<InternetGatewayRecord, "vpcId">({ name: "ec2_internet_gateway", ...inVpc }),
    addresses: store.collection<AddressRecord, never>({ name: "ec2_address", columns: {}, values: () => ({}) }),
    cursors: store.collection<AddressCursorRecord, never>({
      name: "ec2_address_cursor",
      columns: {},
      values: () => ({}),
    }),
  };
}

export type Ec2Collections = ReturnType<typeof ec2Collections>;
