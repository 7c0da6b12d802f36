import type { Server, Socket } from "node:net";
import type { FaultName, FaultSpec } from "./faults.ts";

/** Where tasks find what the container agent serves: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
export const TASK_ENDPOINT_ADDRESS = "169.254.170.2";

/** Takes a task's connection to a port of {@link TASK_ENDPOINT_ADDRESS}. */
export type TaskConnectionHandler = (socket: Socket, from: TaskPeer) => void;

/** Who connected. No task can send from an address that its interface does not have. */
export interface TaskPeer {
  vpcId: string;
  /** IPv4. */
  address: string;
}

/** A security group's rule as the data plane needs it: one protocol, one port range, one peer. */
export interface RuleSpec {
  /** `-1` for all, else the IANA number as text or `tcp`, `udp`, `icmp`, `icmpv6`. */
  protocol: string;
  /** Ports for TCP and UDP, ICMP type and code for ICMP; -1 and absent mean all. */
  fromPort?: number;
  toPort?: number;
  /** A CIDR block of either family, the members of a group (of this VPC or of a peer), or the entries of a list. */
  peer: { cidr: string } | { securityGroup: string } | { prefixList: string };
}

export interface SecurityGroupSpec {
  groupId: string;
  ingress: RuleSpec[];
  egress: RuleSpec[];
}

/** A managed prefix list that rules or routes of the VPC name. */
export interface PrefixListSpec {
  prefixListId: string;
  /** CIDR blocks of one family. */
  cidrs: string[];
}

/** One entry of a network ACL; the first that matches, by number, decides. */
export interface AclEntrySpec {
  ruleNumber: number;
  allow: boolean;
  /** As in {@link RuleSpec}. */
  protocol: string;
  fromPort?: number;
  toPort?: number;
  /** Of either family: where the packet comes from (ingress) or goes to (egress). */
  cidr: string;
}

/** Stateless and ordered; what no entry matches is denied. Packets that stay in one subnet do not meet it. */
export interface NetworkAclSpec {
  networkAclId: string;
  ingress: AclEntrySpec[];
  egress: AclEntrySpec[];
}

/** Where a route leads. The routes to the VPC's own ranges always exist and are not told. */
export type RouteTarget =
  /** One to one translation for interfaces with a public address; IPv6 as it is. Others do not get through. */
  | { kind: "internet" }
  /** IPv6, outbound only. */
  | { kind: "egress-only-internet" }
  /** An interface of the VPC that forwards: a NAT gateway. */
  | { kind: "interface"; interfaceId: string }
  | { kind: "peering"; peeringId: string }
  | { kind: "blackhole" };

export interface RouteSpec {
  /** A CIDR block of either family; the longest match wins. */
  destination: string;
  target: RouteTarget;
}

export interface RouteTableSpec {
  routeTableId: string;
  routes: RouteSpec[];
}

export interface SubnetSpec {
  subnetId: string;
  cidrBlock: string;
  ipv6CidrBlock?: string;
  routeTableId: string;
  networkAclId: string;
}

/** An active peering with another VPC of this engine. There is a link while both VPCs are on the host. */
export interface PeeringSpec {
  /** `pcx-` and 17 hexadecimal digits. */
  peeringId: string;
  peerVpcId: string;
  /** The other side's ranges, of both families: nothing else comes in from there. */
  peerCidrBlocks: string[];
}

/** One elastic network interface, as it should be. */
export interface InterfaceSpec {
  /** `eni-` and 17 hexadecimal digits. */
  interfaceId: string;
  subnetId: string;
  subnetCidr: string;
  privateIp: string;
  ipv6Address?: string;
  macAddress: string;
  /** From the public pool; 1:1 NAT where a route leads to an internet gateway. */
  publicIp?: string;
  /** With none, an interface of role `task` or `endpoint` neither sends nor receives. */
  securityGroups: string[];
  /** `ip-10-0-0-5.ec2.internal`: resolvable inside the VPC. */
  privateDnsName: string;
  /** `ec2-198-51-100-7.compute-1.amazonaws.com`: stands for the private address inside the VPC. */
  publicDnsName?: string;
  /**
   * What is in its namespace. `task`: containers. `endpoint`: sockets of {@link NetworkBackend.listen}. `nat`: nothing;
   * it forwards what others send through it under its own address, has no groups, and may send from any address.
   */
  role: "task" | "endpoint" | "nat";
}

/** One record set of a zone. */
export interface ZoneRecord {
  /** Without the final dot. */
  name: string;
  type: "A" | "AAAA" | "SRV" | "CNAME";
  ttlSeconds: number;
  /** As in a zone file: `10.0.0.5`; `1 1 8080 host.example`; `host.example`. */
  values: string[];
  /** MULTIVALUE answers all of up to eight, in changing order; WEIGHTED answers one, by chance. */
  routing: "MULTIVALUE" | "WEIGHTED";
}

/** A zone that a VPC's resolver answers by itself: names in it that have no record do not exist. */
export interface ZoneSpec {
  /** Without the final dot. */
  name: string;
  /** How long the lack of a name is remembered; 15 unless told. */
  negativeTtlSeconds?: number;
  records: ZoneRecord[];
}

/** What a VPC has beside its interfaces and groups. */
export interface VpcTopology {
  /** `vpc-` and 17 hexadecimal digits: unique over accounts and Regions. */
  vpcId: string;
  /** The primary range first. */
  cidrBlocks: string[];
  ipv6CidrBlocks: string[];
  /** Whether a resolver answers at the VPC's second address and at 169.254.169.253. */
  dnsSupport: boolean;
  subnets: SubnetSpec[];
  routeTables: RouteTableSpec[];
  networkAcls: NetworkAclSpec[];
  prefixLists: PrefixListSpec[];
  peerings: PeeringSpec[];
  /** Whether flows are recorded for {@link NetworkBackend.readFlows}. */
  captureFlows: boolean;
}

/** One VPC, as it should be. */
export interface VpcSpec extends VpcTopology {
  securityGroups: SecurityGroupSpec[];
  interfaces: InterfaceSpec[];
  zones: ZoneSpec[];
}

/** Packets of one flow through one interface, in one direction, since the flows were read last. */
export interface FlowSample {
  interfaceId: string;
  direction: "ingress" | "egress";
  sourceAddress: string;
  destinationAddress: string;
  /** 0 for protocols without ports. */
  sourcePort: number;
  destinationPort: number;
  /** The IANA number. */
  protocol: number;
  packets: number;
  bytes: number;
  action: "ACCEPT" | "REJECT";
}

/** What passed an interface since it was made, seen from inside. */
export interface InterfaceCounters {
  rxBytes: number;
  rxPackets: number;
  rxErrors: number;
  rxDropped: number;
  txBytes: number;
  txPackets: number;
  txErrors: number;
  txDropped: number;
}

/** Where VPCs exist. Every method may be repeated, and works on what is half-built. */
export interface NetworkBackend {
  start(): Promise<void>;
  /** Lets go; networks, resolvers and connections stay. Sockets of {@link listen} and {@link listenForTasks} are closed. */
  stop(): Promise<void>;
  /** The addresses that public addresses are taken from, in CIDR form. Known after {@link start}. */
  publicPool(): string;
  /** The range that VPCs get their IPv6 blocks (/56) from: a /40 of this engine alone. Known after {@link start}. */
  ipv6Pool(): string;
  /** Makes the VPC's namespace, its groups and all interfaces be as told, and removes what is not told. */
  applyVpc(spec: VpcSpec): Promise<void>;
  /** Makes routes, ACLs, peerings, prefix lists and the rest of an applied VPC be as told, without a gap. */
  applyTopology(topology: VpcTopology): Promise<void>;
  /**
   * Adds one interface to an applied VPC, or changes its public address or groups.
   * @param userNamespace the path of the user namespace that the interface's namespace is to belong to, when it is made
   * @returns the namespace a container joins, as a path
   */
  attach(vpcId: string, spec: InterfaceSpec, userNamespace?: string): Promise<{ networkNamespace: string }>;
  detach(vpcId: string, interfaceId: string): Promise<void>;
  /** Replaces the rules of groups, for every interface at once, without a gap. */
  applyGroups(vpcId: string, groups: SecurityGroupSpec[]): Promise<void>;
  /** Replaces the zones that an applied VPC's resolver answers by itself. */
  applyZones(vpcId: string, zones: ZoneSpec[]): Promise<void>;
  /**
   * Makes a server listen on the addresses of an attached interface; once for each server. It ends with the interface.
   * @param port TCP
   */
  listen(vpcId: string, interfaceId: string, port: number, server: Server): Promise<void>;
  /**
   * Serves a port of {@link TASK_ENDPOINT_ADDRESS} to the interfaces of every VPC, those to come among them, whatever
   * their groups say. Called again for a port, it replaces the handler.
   * @param port TCP
   */
  listenForTasks(port: number, handler: TaskConnectionHandler): Promise<void>;
  /** @returns `undefined` when the interface is not attached */
  counters(vpcId: string, interfaceId: string): Promise<InterfaceCounters | undefined>;
  /** The faults that run at an attached interface, whoever started them. */
  runningFaults(vpcId: string, interfaceId: string): Promise<FaultName[]>;
  /**
   * Disturbs the traffic of an attached interface until {@link stopFault} or its end; one that runs stays as it is.
   * @throws Error when this host cannot do it
   */
  startFault(vpcId: string, interfaceId: string, fault: FaultSpec): Promise<void>;
  stopFault(vpcId: string, interfaceId: string, name: FaultName): Promise<void>;
  /** What flowed since the last time, for an applied VPC that captures flows. */
  readFlows(vpcId: string): Promise<FlowSample[]>;
  removeVpc(vpcId: string): Promise<void>;
  /** Every VPC and interface that this engine has on the host, told or not: to find what must go. */
  list(): Promise<{ vpcId: string; interfaceIds: string[] }[]>;
  /** Removes everything of this engine from the host. */
  removeAll(): Promise<void>;
}
