import { ec2Id, type Ids } from "../../base/ids.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { cidr, firstFreeBlock, formatCidr } from "../../network/ipv4.ts";
import type { AclEntryRecord, RouteRecord, RuleRecord, SubnetRecord, VpcRecord } from "./records.ts";
import { allowAllIpv6Egress } from "./security-groups.ts";
import type { Ec2Collections } from "./store.ts";
import { internalDomain, type Zone, zonesOf } from "./zones.ts";

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const VPC_BLOCK = "172.31.0.0/16";
const SUBNET_PREFIX = 20;

/** The id of a scope's document of its Region. */
export const REGION = "region";

/** Makes what an account finds in a Region when it first looks: the default VPC. In the caller's transaction. */
export async function createDefaultVpc(records: Ec2Collections, ids: Ids, scope: Scope): Promise<VpcRecord> {
  const key = scopeKey(scope);
  const vpc: VpcRecord = {
    vpcId: ec2Id(ids, "vpc"),
    cidrBlocks: [{ associationId: ec2Id(ids, "vpc-cidr-assoc"), cidrBlock: VPC_BLOCK }],
    ipv6CidrBlocks: [],
    dhcpOptionsId: await defaultDhcpOptions(records, ids, scope),
    enableDnsSupport: true,
    enableDnsHostnames: true,
    isDefault: true,
    tags: [],
  };
  const { vpcId } = vpc;
  await records.vpcs.insert(key, vpcId, vpc);

  const subnetIds: string[] = [];
  for (const zone of zonesOf(scope.region)) {
    const subnet = await defaultSubnet(records, ids, key, vpc, zone);
    await records.subnets.insert(key, subnet!.subnetId, subnet!);
    subnetIds.push(subnet!.subnetId);
  }

  const internetGatewayId = ec2Id(ids, "igw");
  await records.internetGateways.insert(key, internetGatewayId, { internetGatewayId, vpcId, tags: [] });
  const routes = [{ destination: "0.0.0.0/0", target: { internetGatewayId } }];
  await createVpcDefaults(records, ids, scope, { vpc, routes, subnetIds });
  return vpc;
}

/** The default subnet of a zone, in a range of the default VPC that is free; `undefined` when there is none. */
export async function defaultSubnet(
  records: Ec2Collections,
  ids: Ids,
  key: string,
  { vpcId, cidrBlocks }: VpcRecord,
  { zoneName, zoneId }: Zone,
): Promise<SubnetRecord | undefined> {
  const others = await records.subnets.list(key, { where: { vpcId } });
  const taken = others.map((subnet) => cidr(subnet.cidrBlock));
  const free = firstFreeBlock(cidr(cidrBlocks[0]!.cidrBlock), SUBNET_PREFIX, taken);
  return (
    free && {
      subnetId: ec2Id(ids, "subnet"),
      vpcId,
      cidrBlock: formatCidr(free),
      availabilityZone: zoneName,
      availabilityZoneId: zoneId,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      assignIpv6AddressOnCreation: false,
      tags: [],
    }
  );
}

/**
 * Makes what every VPC has from its first moment: the main route table, the default network ACL and the default group.
 * In the caller's transaction. https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
 */
export async function createVpcDefaults(
  records: Ec2Collections,
  ids: Ids,
  scope: Scope,
  { vpc, routes, subnetIds }: { vpc: VpcRecord; routes: RouteRecord[]; subnetIds: readonly string[] },
): Promise<void> {
  const key = scopeKey(scope);
  const { vpcId } = vpc;
  const routeTableId = ec2Id(ids, "rtb");
  await records.routeTables.insert(key, routeTableId, {
    routeTableId,
    vpcId,
    routes,
    associations: [{ associationId: ec2Id(ids, "rtbassoc") }],
    tags: [],
  });
  await createDefaultAcl(records, ids, key, vpc, subnetIds);
  const groupId = ec2Id(ids, "sg");
  const fromItself: RuleRecord = { ...allTraffic(ids, false), peer: { groupId } };
  await records.groups.insert(key, groupId, {
    groupId,
    groupName: "default",
    description: "default VPC security group",
    vpcId,
    rules: [fromItself, allowAllEgress(ids), ...(vpc.ipv6CidrBlocks.length ? [allowAllIpv6Egress(ids)] : [])],
    tags: [],
  });
}

/** Makes the network ACL that a VPC's subnets are in unless told. In the caller's transaction. */
export async function createDefaultAcl(
  records: Ec2Collections,
  ids: Ids,
  key: string,
  { vpcId, ipv6CidrBlocks }: VpcRecord,
  subnetIds: readonly string[],
): Promise<void> {
  const networkAclId = ec2Id(ids, "acl");
  await records.networkAcls.insert(key, networkAclId, {
    networkAclId,
    vpcId,
    isDefault: true,
    entries: [true, false].flatMap((isEgress) => [
      allowAllEntry(isEgress),
      ...(ipv6CidrBlocks.length ? [allowAllIpv6Entry(isEgress)] : []),
    ]),
    associations: subnetIds.map((subnetId) => ({ associationId: ec2Id(ids, "aclassoc"), subnetId })),
    tags: [],
  });
}

function allowAllEntry(isEgress: boolean): AclEntryRecord {
  return { ruleNumber: 100, isEgress, allow: true, protocol: "-1", cidrBlock: "0.0.0.0/0" };
}

/** What a default network ACL has beside {@link allowAllEntry} once its VPC has IPv6. */
export function allowAllIpv6Entry(isEgress: boolean): AclEntryRecord {
  return { ruleNumber: 101, isEgress, allow: true, protocol: "-1", ipv6CidrBlock: "::/0" };
}

/**
 * The options set that a Region's VPCs have unless told, made when it is first needed, and again when it was deleted.
 * In the caller's transaction. https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html
 */
export async function defaultDhcpOptions(records: Ec2Collections, ids: Ids, scope: Scope): Promise<string> {
  const key = scopeKey(scope);
  const region = await records.regions.get(key, REGION);
  if (region && (await records.dhcpOptions.get(key, region.dhcpOptionsId))) return region.dhcpOptionsId;
  const dhcpOptionsId = ec2Id(ids, "dopt");
  await createAmazonDhcpOptions(records, key, dhcpOptionsId, scope.region);
  await records.regions.put(key, REGION, { dhcpOptionsId });
  return dhcpOptionsId;
}

/** Stores the options set that Amazon makes for a Region. */
export async function createAmazonDhcpOptions(
  records: Ec2Collections,
  key: string,
  dhcpOptionsId: string,
  region: string,
): Promise<void> {
  await records.dhcpOptions.insert(key, dhcpOptionsId, {
    dhcpOptionsId,
    configurations: [
      { key: "domain-name", values: [internalDomain(region)] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
    tags: [],
  });
}

/** The rule that every new group has. */
export function allowAllEgress(ids: Ids): RuleRecord {
  return { ...allTraffic(ids, true), peer: { cidrIpv4: "0.0.0.0/0" } };
}

function allTraffic(ids: Ids, isEgress: boolean): Omit<RuleRecord, "peer"> {
  return { ruleId: ec2Id(ids, "sgr"), isEgress, protocol: "-1", fromPort: -1, toPort: -1, tags: [] };
}
