import type { UserIdGroupPair } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Ec2 } from "./ec2.ts";
import { missingParameter, notFound } from "./errors.ts";
import { groupByNameInVpc, groupOfAnotherNetwork, tooManyRules } from "./errors/security-groups.ts";
import { existing } from "./existing.ts";
import { peeringsOfVpc, sideOfPeer, statusNow } from "./peerings.ts";
import type { PeeringStatuses } from "./permission-views.ts";
import type { PeerLookup } from "./permissions.ts";
import type { PrefixListRecord, RulePeer, RuleRecord, SecurityGroupRecord } from "./records.ts";
import { checkId } from "./resource-ids.ts";

/** In each direction, and apart for IPv4 and IPv6: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 60;

/** Finds the groups and lists that rules of a VPC's groups may name. */
export function peerLookup(ec2: Ec2, scope: Scope, vpcId: string): PeerLookup {
  return {
    group: (pair) =>
      pair.GroupId ? groupById(ec2, scope, vpcId, pair.GroupId, pair) : groupByName(ec2, scope, vpcId, pair),
    async prefixList(prefixListId) {
      await existing(ec2.records.prefixLists, scope, "pl", prefixListId);
      return { prefixListId };
    },
  };
}

async function groupByName(ec2: Ec2, scope: Scope, vpcId: string, pair: UserIdGroupPair): Promise<RulePeer> {
  const { GroupName, UserId } = pair;
  if (!GroupName) throw missingParameter("The request must contain the parameter groupName or groupId");
  const vpc = await ec2.records.vpcs.get(scopeKey(scope), vpcId);
  if (!vpc?.isDefault) throw groupByNameInVpc(GroupName);
  const groups = await ec2.records.groups.list(scopeKey(scope), { where: { vpcId } });
  const found = groups.find((group) => group.groupName === GroupName);
  if (!found || (UserId !== undefined && UserId !== scope.account)) throw notFound("sg", GroupName);
  return { groupId: found.groupId };
}

async function groupById(
  ec2: Ec2,
  scope: Scope,
  vpcId: string,
  groupId: string,
  { UserId, VpcId, VpcPeeringConnectionId }: UserIdGroupPair,
): Promise<RulePeer> {
  checkId("sg", groupId);
  const asTold = (account: string, owner: string, peeringId?: string) =>
    (UserId === undefined || UserId === account) &&
    (VpcId === undefined || VpcId === owner) &&
    (VpcPeeringConnectionId === undefined || VpcPeeringConnectionId === peeringId);
  const { groups } = ec2.records;
  const own = await groups.get(scopeKey(scope), groupId);
  if (own?.vpcId === vpcId && asTold(scope.account, vpcId)) return { groupId };
  for (const peering of await peeringsOfVpc(ec2.records, vpcId)) {
    const peer = sideOfPeer(peering, vpcId);
    // Groups of other Regions cannot be named: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    if (peering.status !== "active" || peer.region !== scope.region) continue;
    if (!asTold(peer.account, peer.vpcId, peering.peeringId)) continue;
    const group = await groups.get(scopeKey(peer), groupId);
    if (group?.vpcId !== peer.vpcId) continue;
    return { groupId, peering: { peeringId: peering.peeringId, vpcId: peer.vpcId, userId: peer.account } };
  }
  throw own && own.vpcId !== vpcId ? groupOfAnotherNetwork() : notFound("sg", groupId);
}

/** The statuses of the peerings that the groups' rules name. */
export async function peeringStatuses(ec2: Ec2, groups: readonly SecurityGroupRecord[]): Promise<PeeringStatuses> {
  const naming = groups.filter(({ rules }) => rules.some(({ peer }) => "groupId" in peer && peer.peering));
  const statuses = new Map<string, string>();
  for (const vpcId of new Set(naming.map((group) => group.vpcId)))
    for (const peering of await peeringsOfVpc(ec2.records, vpcId))
      statuses.set(peering.peeringId, statusNow(peering, ec2.clock.now()));
  return statuses;
}

/** Whether a rule names a group of a peered VPC that is gone, or reached by a peering that is gone. */
export async function isStale(ec2: Ec2, region: string, peer: RulePeer, statuses: PeeringStatuses): Promise<boolean> {
  if (!("groupId" in peer) || !peer.peering) return false;
  const { peeringId, userId, vpcId } = peer.peering;
  if (statuses.get(peeringId) !== "active") return true;
  const group = await ec2.records.groups.get(scopeKey({ account: userId, region }), peer.groupId);
  return group?.vpcId !== vpcId;
}

/**
 * Checks that a group has no more rules than it may, in both directions. A rule that names a group counts for IPv4 and
 * for IPv6, one that names a prefix list as often as the list may have entries.
 * @param lists those that the rules name, at least
 * @throws AwsError RulesPerSecurityGroupLimitExceeded
 */
export function checkRuleCount(rules: readonly RuleRecord[], lists: readonly PrefixListRecord[]): void {
  const byId = new Map(lists.map((list) => [list.prefixListId, list]));
  const weight = ({ peer }: RuleRecord, family: "IPv4" | "IPv6"): number => {
    if ("groupId" in peer) return 1;
    if ("cidrIpv4" in peer) return family === "IPv4" ? 1 : 0;
    if ("cidrIpv6" in peer) return family === "IPv6" ? 1 : 0;
    const list = byId.get(peer.prefixListId);
    return list?.addressFamily === family ? list.maxEntries : 0;
  };
  for (const isEgress of [false, true])
    for (const family of ["IPv4", "IPv6"] as const) {
      const present = rules.filter((rule) => rule.isEgress === isEgress);
      if (present.reduce((sum, rule) => sum + weight(rule, family), 0) > MAX_RULES) throw tooManyRules();
    }
}
