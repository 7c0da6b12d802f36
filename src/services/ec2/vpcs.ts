import { ec2Id } from "../../base/ids.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { allowAllIpv6Entry } from "./default-vpc.ts";
import type { Ec2 } from "./ec2.ts";
import { tooManyVpcs } from "./errors/vpcs.ts";
import { activePeerings, sideOfPeer } from "./peerings.ts";
import type { CidrAssociation, NetworkAclRecord, SecurityGroupRecord, VpcRecord } from "./records.ts";
import { allowAllIpv6Egress } from "./security-groups.ts";
import { newIpv6VpcBlock } from "./vpc-cidrs.ts";

/** In a Region: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_VPCS = 5;

/** @throws AwsError VpcLimitExceeded */
export async function checkVpcCount(ec2: Ec2, scope: Scope): Promise<void> {
  if ((await ec2.records.vpcs.count(scopeKey(scope))) >= MAX_VPCS) throw tooManyVpcs();
}

/** A new association of a VPC with an IPv6 range of the pool. @throws AwsError CidrLimitExceeded */
export async function newIpv6Association(
  ec2: Ec2,
  vpc: Pick<VpcRecord, "vpcId" | "ipv6CidrBlocks">,
): Promise<CidrAssociation> {
  return { associationId: ec2Id(ec2.ids, "vpc-cidr-assoc"), cidrBlock: await newIpv6VpcBlock(ec2, vpc) };
}

/**
 * Lets IPv6 through where all of IPv4 was let through and nobody has changed that: the default network ACL, and what
 * groups let out. In the caller's transaction. @returns the groups that changed
 */
export async function openForIpv6({ records, ids }: Ec2, key: string, vpcId: string): Promise<string[]> {
  const acls = await records.networkAcls.list(key, { where: { vpcId } });
  const acl = acls.find((each) => each.isDefault)!;
  const opened = [true, false].filter((isEgress) => letsAllIpv4Through(acl, isEgress)).map(allowAllIpv6Entry);
  await records.networkAcls.put(key, acl.networkAclId, { ...acl, entries: [...acl.entries, ...opened] });
  const groups = (await records.groups.list(key, { where: { vpcId } })).filter(letsAllIpv4Out);
  for (const group of groups)
    await records.groups.put(key, group.groupId, { ...group, rules: [...group.rules, allowAllIpv6Egress(ids)] });
  return groups.map((group) => group.groupId);
}

function letsAllIpv4Through({ entries }: NetworkAclRecord, isEgress: boolean): boolean {
  const [entry, ...others] = entries.filter((each) => each.isEgress === isEgress);
  return !others.length && !!entry?.allow && entry.protocol === "-1" && entry.cidrBlock === "0.0.0.0/0";
}

function letsAllIpv4Out({ rules }: SecurityGroupRecord): boolean {
  const [rule, ...others] = rules.filter((each) => each.isEgress);
  if (!rule || others.length || rule.protocol !== "-1") return false;
  return "cidrIpv4" in rule.peer && rule.peer.cidrIpv4 === "0.0.0.0/0";
}

/** Brings a VPC whose ranges have changed to the data plane, and to those that are peered with it. */
export async function publishRanges(ec2: Ec2, scope: Scope, vpcId: string): Promise<void> {
  await ec2.publishTopology(scope, vpcId);
  for (const peering of await activePeerings(ec2.records, vpcId)) {
    const peer = sideOfPeer(peering, vpcId);
    await ec2.publishTopology(peer, peer.vpcId);
  }
}
