import { scopeKey } from "../../base/scope.ts";
import type {
  AclEntrySpec,
  InterfaceSpec,
  NetworkAclSpec,
  PeeringSpec,
  PrefixListSpec,
  RouteSpec,
  RouteTableSpec,
  RouteTarget,
  RuleSpec,
  SecurityGroupSpec,
  SubnetSpec,
  VpcTopology,
} from "../../network/backend.ts";
import { hasHostnames, publicDnsName } from "./dns-names.ts";
import { activePeerings, sideOfPeer } from "./peerings.ts";
import { prefixListEntries } from "./prefix-lists.ts";
import type {
  AclEntryRecord,
  NatGatewayRecord,
  NetworkAclRecord,
  NetworkInterfaceRecord,
  PeeringRecord,
  PrefixListRecord,
  RouteRecord,
  RouteTableRecord,
  RouteTargetRecord,
  RulePeer,
  RuleRecord,
  SecurityGroupRecord,
  SubnetRecord,
  VpcRecord,
} from "./records.ts";
import { activeTargets } from "./route-state.ts";
import type { Ec2Collections } from "./store.ts";

/** A group as the data plane needs it. */
export function groupSpec(group: SecurityGroupRecord): SecurityGroupSpec {
  const rules = (isEgress: boolean) => group.rules.filter((rule) => rule.isEgress === isEgress).map(ruleSpec);
  return { groupId: group.groupId, ingress: rules(false), egress: rules(true) };
}

function ruleSpec({ protocol, fromPort, toPort, peer }: RuleRecord): RuleSpec {
  return { protocol, fromPort, toPort, peer: peerSpec(peer) };
}

function peerSpec(peer: RulePeer): RuleSpec["peer"] {
  if ("groupId" in peer) return { securityGroup: peer.groupId };
  if ("prefixListId" in peer) return { prefixList: peer.prefixListId };
  return { cidr: "cidrIpv4" in peer ? peer.cidrIpv4 : peer.cidrIpv6 };
}

/** An interface as the data plane needs it. */
export function interfaceSpec(
  record: NetworkInterfaceRecord,
  subnetCidr: string,
  vpc: VpcRecord,
  region: string,
): InterfaceSpec {
  const { interfaceId, subnetId, privateIp, ipv6Address, macAddress, publicIp, groupIds, privateDnsName, role } =
    record;
  return {
    interfaceId,
    subnetId,
    subnetCidr,
    privateIp,
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
    macAddress,
    ...(publicIp === undefined ? {} : { publicIp }),
    securityGroups: groupIds,
    privateDnsName,
    ...(publicIp !== undefined && hasHostnames(vpc) ? { publicDnsName: publicDnsName(publicIp, region) } : {}),
    // Nothing is in a mount target's namespace: tasks reach its files by the host.
    role: role === "efs" ? "endpoint" : role,
  };
}

/**
 * What the data plane needs to know of a VPC beside its interfaces and groups, as it is stored now.
 * @param key the scope's key
 */
export async function readTopology(records: Ec2Collections, key: string, vpc: VpcRecord): Promise<VpcTopology> {
  const where = { vpcId: vpc.vpcId };
  const [subnets, tables, acls, natGateways, gateways, egressOnly, peerings, lists, flowLogs] = await Promise.all([
    records.subnets.list(key, { where }),
    records.routeTables.list(key, { where }),
    records.networkAcls.list(key, { where }),
    records.natGateways.list(key, { where }),
    records.internetGateways.list(key, { where }),
    records.egressOnlyGateways.list(key, { where }),
    activePeerings(records, vpc.vpcId),
    records.prefixLists.list(key),
    records.flowLogs.count(key, where),
  ]);
  const reachable = activeTargets({ natGateways, gateways, egressOnly, peerings });
  return {
    vpcId: vpc.vpcId,
    cidrBlocks: vpc.cidrBlocks.map((each) => each.cidrBlock),
    ipv6CidrBlocks: vpc.ipv6CidrBlocks.map((each) => each.cidrBlock),
    dnsSupport: vpc.enableDnsSupport,
    subnets: subnets.map((subnet) => subnetSpec(subnet, tables, acls)),
    routeTables: tables.map((table) => routeTableSpec(table, lists, natGateways, reachable)),
    networkAcls: acls.map(aclSpec),
    prefixLists: lists.map(prefixListSpec),
    peerings: await Promise.all(peerings.map((peering) => peeringSpec(records, peering, vpc.vpcId))),
    captureFlows: flowLogs > 0,
  };
}

function subnetSpec(
  { subnetId, cidrBlock, ipv6CidrBlock }: SubnetRecord,
  tables: readonly RouteTableRecord[],
  acls: readonly NetworkAclRecord[],
): SubnetSpec {
  return {
    subnetId,
    cidrBlock,
    ...(ipv6CidrBlock ? { ipv6CidrBlock: ipv6CidrBlock.cidrBlock } : {}),
    routeTableId: routeTableOf(subnetId, tables).routeTableId,
    networkAclId: acls.find((acl) => acl.associations.some((each) => each.subnetId === subnetId))!.networkAclId,
  };
}

/** The table that a subnet's packets are routed by: its own, or the VPC's main one. */
export function routeTableOf(subnetId: string, tables: readonly RouteTableRecord[]): RouteTableRecord {
  const own = tables.find((table) => table.associations.some((each) => each.subnetId === subnetId));
  return own ?? tables.find((table) => table.associations.some((each) => each.subnetId === undefined))!;
}

function routeTableSpec(
  table: RouteTableRecord,
  lists: readonly PrefixListRecord[],
  natGateways: readonly NatGatewayRecord[],
  reachable: (target: RouteTargetRecord) => boolean,
): RouteTableSpec {
  // A route that names its range comes before one of a prefix list for the same range.
  const byDestination = new Map<string, RouteSpec>();
  for (const { destination, target } of table.routes.toSorted((a, b) => rank(a) - rank(b))) {
    const to = reachable(target) ? routeTarget(target, natGateways) : { kind: "blackhole" as const };
    for (const cidr of destinations(destination, lists)) byDestination.set(cidr, { destination: cidr, target: to });
  }
  return { routeTableId: table.routeTableId, routes: [...byDestination.values()] };
}

function rank({ destination }: RouteRecord): number {
  return destination.startsWith("pl-") ? 0 : 1;
}

function destinations(destination: string, lists: readonly PrefixListRecord[]): string[] {
  if (!destination.startsWith("pl-")) return [destination];
  const list = lists.find((each) => each.prefixListId === destination);
  return list ? prefixListEntries(list).map((entry) => entry.cidr) : [];
}

function routeTarget(target: RouteTargetRecord, natGateways: readonly NatGatewayRecord[]): RouteTarget {
  if ("internetGatewayId" in target) return { kind: "internet" };
  if ("egressOnlyInternetGatewayId" in target) return { kind: "egress-only-internet" };
  if ("vpcPeeringConnectionId" in target) return { kind: "peering", peeringId: target.vpcPeeringConnectionId };
  const gateway = natGateways.find((each) => each.natGatewayId === target.natGatewayId)!;
  return { kind: "interface", interfaceId: gateway.interfaceId };
}

function aclSpec({ networkAclId, entries }: NetworkAclRecord): NetworkAclSpec {
  const of = (isEgress: boolean) =>
    entries
      .filter((entry) => entry.isEgress === isEgress)
      .toSorted((a, b) => a.ruleNumber - b.ruleNumber)
      .map(aclEntrySpec);
  return { networkAclId, ingress: of(false), egress: of(true) };
}

function aclEntrySpec({ ruleNumber, allow, protocol, cidrBlock, ipv6CidrBlock, portRange, icmp }: AclEntryRecord) {
  const range = portRange ?? (icmp ? { from: icmp.type, to: icmp.code } : undefined);
  const spec: AclEntrySpec = { ruleNumber, allow, protocol, cidr: (cidrBlock ?? ipv6CidrBlock)! };
  return range ? { ...spec, fromPort: range.from, toPort: range.to } : spec;
}

function prefixListSpec(list: PrefixListRecord): PrefixListSpec {
  return { prefixListId: list.prefixListId, cidrs: prefixListEntries(list).map((entry) => entry.cidr) };
}

async function peeringSpec(records: Ec2Collections, peering: PeeringRecord, vpcId: string): Promise<PeeringSpec> {
  const { peeringId } = peering;
  const peer = sideOfPeer(peering, vpcId);
  const vpc = await records.vpcs.get(scopeKey(peer), peer.vpcId);
  return {
    peeringId,
    peerVpcId: peer.vpcId,
    peerCidrBlocks: [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6CidrBlocks ?? [])].map((each) => each.cidrBlock),
  };
}
