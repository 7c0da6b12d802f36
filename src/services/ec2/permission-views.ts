import type {
  IpPermission,
  ReferencedSecurityGroup,
  RevokedSecurityGroupRule,
  SecurityGroup,
  SecurityGroupRule,
  StaleIpPermission,
  UserIdGroupPair,
} from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { RequestedRule } from "./permissions.ts";
import type { RulePeer, RuleRecord, SecurityGroupRecord } from "./records.ts";

/* Security groups and their rules as the API shows them. */

/** The status of a peering that a rule names, by its id; one that is not there is `deleted`. */
export type PeeringStatuses = ReadonlyMap<string, string>;

type GroupPeer = Extract<RulePeer, { groupId: string }>;

export function securityGroupArn(groupId: string, scope: Scope): string {
  return formatArn("ec2", scope, `security-group/${groupId}`);
}

export function securityGroupView(group: SecurityGroupRecord, scope: Scope, peerings: PeeringStatuses): SecurityGroup {
  const permissions = (isEgress: boolean) =>
    mergedPermissions(
      group.rules.filter((rule) => rule.isEgress === isEgress),
      scope.account,
      peerings,
    );
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: scope.account,
    SecurityGroupArn: securityGroupArn(group.groupId, scope),
    IpPermissions: permissions(false),
    IpPermissionsEgress: permissions(true),
    Tags: group.tags,
  };
}

/** Rules as DescribeSecurityGroups shows them: one permission for each protocol and port range. */
export function mergedPermissions(
  rules: readonly RequestedRule[],
  account: string,
  peerings: PeeringStatuses,
): IpPermission[] {
  const merged = new Map<string, Required<Omit<IpPermission, "FromPort" | "ToPort">> & IpPermission>();
  for (const { protocol, fromPort, toPort, peer, description } of rules) {
    const key = [protocol, fromPort, toPort].join();
    const permission = merged.get(key) ?? {
      IpProtocol: protocol,
      ...(hasPorts(protocol) ? { FromPort: fromPort, ToPort: toPort } : {}),
      UserIdGroupPairs: [],
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
    };
    merged.set(key, permission);
    const Description = description;
    if ("groupId" in peer)
      permission.UserIdGroupPairs.push({ ...referencedGroup(peer, account, peerings), Description });
    else if ("prefixListId" in peer) permission.PrefixListIds.push({ PrefixListId: peer.prefixListId, Description });
    else if ("cidrIpv4" in peer) permission.IpRanges.push({ CidrIp: peer.cidrIpv4, Description });
    else permission.Ipv6Ranges.push({ CidrIpv6: peer.cidrIpv6, Description });
  }
  return [...merged.values()];
}

/** Stale rules, which name groups only, as DescribeStaleSecurityGroups shows them. */
export function stalePermissions(
  rules: readonly RuleRecord[],
  account: string,
  peerings: PeeringStatuses,
): StaleIpPermission[] {
  return mergedPermissions(rules, account, peerings).map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => ({
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: [],
    PrefixListIds: [],
    UserIdGroupPairs,
  }));
}

function hasPorts(protocol: string): boolean {
  return ["tcp", "udp", "icmp", "icmpv6"].includes(protocol);
}

function referencedGroup(
  { groupId, peering }: GroupPeer,
  account: string,
  peerings: PeeringStatuses,
): UserIdGroupPair & ReferencedSecurityGroup {
  if (!peering) return { GroupId: groupId, UserId: account };
  return {
    GroupId: groupId,
    UserId: peering.userId,
    VpcId: peering.vpcId,
    VpcPeeringConnectionId: peering.peeringId,
    PeeringStatus: peerings.get(peering.peeringId) ?? "deleted",
  };
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function ruleView(
  rule: RuleRecord,
  groupId: string,
  scope: Scope,
  peerings: PeeringStatuses,
): SecurityGroupRule {
  const { peer, ruleId } = rule;
  return {
    SecurityGroupRuleId: ruleId,
    GroupId: groupId,
    GroupOwnerId: scope.account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...addressesOf(peer),
    ...("groupId" in peer ? { ReferencedGroupInfo: referencedGroup(peer, scope.account, peerings) } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: rule.tags,
    SecurityGroupRuleArn: formatArn("ec2", scope, `security-group-rule/${ruleId}`),
  };
}

/** A rule as the answer of a revocation shows it. */
export function revokedRuleView(rule: RuleRecord, groupId: string): RevokedSecurityGroupRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...addressesOf(peer),
    ...("groupId" in peer ? { ReferencedGroupId: peer.groupId } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

function addressesOf(peer: RulePeer): { CidrIpv4?: string; CidrIpv6?: string; PrefixListId?: string } {
  if ("cidrIpv4" in peer) return { CidrIpv4: peer.cidrIpv4 };
  if ("cidrIpv6" in peer) return { CidrIpv6: peer.cidrIpv6 };
  return "prefixListId" in peer ? { PrefixListId: peer.prefixListId } : {};
}
