/** A security group's rule as the data plane needs it: one protocol, one port range, one peer. */
export interface RuleSpec {
  /** `-1` for all, else the IANA number as text or `tcp`, `udp`, `icmp`, `icmpv6`. */
  protocol: string;
  /** Ports for TCP and UDP, ICMP type and code for ICMP; -1 and absent mean all. */
  fromPort?: number;
  toPort?: number;
  peer: { cidr: string } | { securityGroup: string };
}

export interface SecurityGroupSpec {
  groupId: string;
  ingress: RuleSpec[];
  egress: RuleSpec[];
}

/** One elastic network interface, as it should be. */
export interface InterfaceSpec {
  /** `eni-` and 17 hexadecimal digits. */
  interfaceId: string;
  subnetCidr: string;
  privateIp: string;
  macAddress: string;
  /** From the public pool; 1:1 NAT. */
  publicIp?: string;
  securityGroups: string[];
  /** `ip-10-0-0-5.ec2.internal`: resolvable inside the VPC. */
  privateDnsName: string;
}

/** One VPC, as it should be. */
export interface VpcSpec {
  /** `vpc-` and 17 hexadecimal digits: unique over accounts and Regions. */
  vpcId: string;
  cidrBlocks: string[];
  securityGroups: SecurityGroupSpec[];
  interfaces: InterfaceSpec[];
}

/** Where VPCs exist. Every method may be repeated, and works on what is half-built. */
export interface NetworkBackend {
  start(): Promise<void>;
  /** Lets go; networks, resolvers and connections stay. */
  stop(): Promise<void>;
  /** The addresses that public addresses are taken from, in CIDR form. Known after {@link start}. */
  publicPool(): string;
  /** Makes the VPC's namespace, its groups and all interfaces be as told, and removes what is not told. */
  applyVpc(spec: VpcSpec): Promise<void>;
  /** Adds one interface to an applied VPC. Returns the namespace a container joins, as a path. */
  attach(vpcId: string, spec: InterfaceSpec): Promise<{ networkNamespace: string }>;
  detach(vpcId: string, interfaceId: string): Promise<void>;
  /** Replaces the rules of groups, for every interface at once, without a gap. */
  applyGroups(vpcId: string, groups: SecurityGroupSpec[]): Promise<void>;
  removeVpc(vpcId: string): Promise<void>;
  /** Every VPC and interface that this engine has on the host, told or not: to find what must go. */
  list(): Promise<{ vpcId: string; interfaceIds: string[] }[]>;
  /** Removes everything of this engine from the host. */
  removeAll(): Promise<void>;
}
