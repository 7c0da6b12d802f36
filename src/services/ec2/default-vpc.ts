import { ec2Id, type Ids } from "../../base/ids.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { addressAt, cidr } from "../../network/ipv4.ts";
import type { AclEntryRecord, Ec2Collections, RouteRecord, RuleRecord, VpcRecord } from "./store.ts";
import { internalDomain, zonesOf } from "./zones.ts";

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const VPC_BLOCK = "172.31.0.0/16";
const SUBNET_PREFIX = 20;

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
  for (const [i, { zoneName, zoneId }] of zonesOf(scope.region).entries()) {
    const subnetId = ec2Id(ids, "subnet");
    subnetIds.push(subnetId);
    await records.subnets.insert(key, subnetId, {
      subnetId,
      vpcId,
      cidrBlock: `${addressAt(cidr(VPC_BLOCK), i * 2 ** (32 - SUBNET_PREFIX))}/${SUBNET_PREFIX}`,
      availabilityZone: zoneName,
      availabilityZoneId: zoneId,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      assignIpv6AddressOnCreation: false,
      tags: [],
    });
  }

  const internetGatewayId = ec2Id(ids, "igw");
  await records.internetGateways.insert(key, internetGatewayId, { internetGatewayId, vpcId, tags: [] });
  await createVpcDefaults(records, ids, scope, {
    vpcId,
    routes: [{ destination: "0.0.0.0/0", target: { internetGatewayId } }],
    subnetIds,
  });
  return vpc;
}

/**
 * Makes what every VPC has from its first moment: the main route table, the default network ACL and the default group.
 * In the caller's transaction. https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
 */
export async function createVpcDefaults(
  records: Ec2Collections,
  ids: Ids,
  scope: Scope,
  { vpcId, routes, subnetIds }: { vpcId: string; routes: RouteRecord[]; subnetIds: readonly string[] },
): Promise<void> {
  const key = scopeKey(scope);
  const routeTableId = ec2Id(ids, "rtb");
  await records.routeTables.insert(key, routeTableId, {
    routeTableId,
    vpcId,
    routes,
    associations: [{ associationId: ec2Id(ids, "rtbassoc") }],
    tags: [],
  });
  const networkAclId = ec2Id(ids, "acl");
  const allowAll = (isEgress: boolean): AclEntryRecord => ({
    ruleNumber: 100,
    isEgress,
    allow: true,
    protocol: "-1",
    cidrBlock: "0.0.0.0/0",
  });
  await records.networkAcls.insert(key, networkAclId, {
    networkAclId,
    vpcId,
    isDefault: true,
    entries: [allowAll(true), allowAll(false)],
    associations: subnetIds.map((subnetId) => ({ associationId: ec2Id(ids, "aclassoc"), subnetId })),
    tags: [],
  });
  const groupId = ec2Id(ids, "sg");
  const fromItself: RuleRecord = { ...allTraffic(ids, false), peer: { groupId } };
  await records.groups.insert(key, groupId, {
    groupId,
    groupName: "default",
    description: "default VPC security group",
    vpcId,
    rules: [fromItself, allowAllEgress(ids)],
    tags: [],
  });
}

/**
 * The options set that a Region's VPCs have unless told, made when it is first needed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html
 */
export async function defaultDhcpOptions(records: Ec2Collections, ids: Ids, scope: Scope): Promise<string> {
  const key = scopeKey(scope);
  const [vpc] = await records.vpcs.list(key, { where: { isDefault: 1 }, limit: 1 });
  if (vpc && vpc.dhcpOptionsId !== "default") return vpc.dhcpOptionsId;
  const dhcpOptionsId = ec2Id(ids, "dopt");
  await records.dhcpOptions.insert(key, dhcpOptionsId, {
    dhcpOptionsId,
    configurations: [
      { key: "domain-name", values: [internalDomain(scope.region)] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
    tags: [],
  });
  return dhcpOptionsId;
}

/** The rule that every new group has. */
export function allowAllEgress(ids: Ids): RuleRecord {
  return { ...allTraffic(ids, true), peer: { cidrIpv4: "0.0.0.0/0" } };
}

function allTraffic(ids: Ids, isEgress: boolean): Omit<RuleRecord, "peer"> {
  return { ruleId: ec2Id(ids, "sgr"), isEgress, protocol: "-1", fromPort: -1, toPort: -1, tags: [] };
}
