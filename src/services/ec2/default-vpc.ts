import { ec2Id, type Ids } from "../../base/ids.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { addressAt, cidr } from "../../network/ipv4.ts";
import type { Ec2Collections, RuleRecord, VpcRecord } from "./store.ts";
import { zonesOf } from "./zones.ts";

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const VPC_BLOCK = "172.31.0.0/16";
const SUBNET_PREFIX = 20;

/** Makes what an account finds in a Region when it first looks: the default VPC. In the caller's transaction. */
export async function createDefaultVpc(records: Ec2Collections, ids: Ids, scope: Scope): Promise<VpcRecord> {
  const key = scopeKey(scope);
  const vpc: VpcRecord = {
    vpcId: ec2Id(ids, "vpc"),
    cidrBlock: VPC_BLOCK,
    cidrAssociationId: ec2Id(ids, "vpc-cidr-assoc"),
    dhcpOptionsId: ec2Id(ids, "dopt"),
    isDefault: true,
    tags: [],
  };
  const { vpcId } = vpc;
  await records.vpcs.insert(key, vpcId, vpc);

  for (const [i, { zoneName, zoneId }] of zonesOf(scope.region).entries()) {
    const subnetId = ec2Id(ids, "subnet");
    await records.subnets.insert(key, subnetId, {
      subnetId,
      vpcId,
      cidrBlock: `${addressAt(cidr(VPC_BLOCK), i * 2 ** (32 - SUBNET_PREFIX))}/${SUBNET_PREFIX}`,
      availabilityZone: zoneName,
      availabilityZoneId: zoneId,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      tags: [],
    });
  }

  const internetGatewayId = ec2Id(ids, "igw");
  await records.internetGateways.insert(key, internetGatewayId, { internetGatewayId, vpcId, tags: [] });
  const routeTableId = ec2Id(ids, "rtb");
  const associationId = ec2Id(ids, "rtbassoc");
  await records.routeTables.insert(key, routeTableId, {
    routeTableId,
    vpcId,
    associationId,
    internetGatewayId,
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
  return vpc;
}

/** The rule that every new group has. */
export function allowAllEgress(ids: Ids): RuleRecord {
  return { ...allTraffic(ids, true), peer: { cidrIpv4: "0.0.0.0/0" } };
}

function allTraffic(ids: Ids, isEgress: boolean): Omit<RuleRecord, "peer"> {
  return { ruleId: ec2Id(ids, "sgr"), isEgress, protocol: "-1", fromPort: -1, toPort: -1, tags: [] };
}
