import { formatArn } from "../../base/arn.ts";
import { ec2Id } from "../../base/ids.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule, Tag } from "@aws-sdk/client-ec2";
import type { Ec2 } from "./ec2.ts";
import {
  duplicatePermission,
  groupNameNotFound,
  invalidParameterValue,
  missingParameter,
  notFound,
  permissionNotFound,
  tooManyRules,
} from "./errors.ts";
import {
  describeRule,
  requestedRules,
  ruleView,
  sameRule,
  type GroupLookup,
  type RequestedRule,
} from "./permissions.ts";
import { checkId } from "./resource-ids.ts";
import type { RuleRecord, SecurityGroupRecord } from "./store.ts";

/** In each direction, and apart for IPv4 and IPv6: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 60;

/** How a request names a group, and which of its two lists of rules it means. */
export interface GroupTarget {
  groupId: string | undefined;
  groupName: string | undefined;
  isEgress: boolean;
}

/** A rule with the group it is of. */
export interface OwnedRule {
  groupId: string;
  rule: RuleRecord;
}

/**
 * The group that a request names: by id, or by name in the default VPC.
 * @throws AwsError InvalidGroup.NotFound, MissingParameter
 */
export async function namedGroup(
  ec2: Ec2,
  scope: Scope,
  { groupId, groupName }: Pick<GroupTarget, "groupId" | "groupName">,
): Promise<SecurityGroupRecord> {
  const vpc = await ec2.defaultVpc(scope);
  if (groupId) {
    checkId("sg", groupId);
    const group = await ec2.records.groups.get(scopeKey(scope), groupId);
    if (!group) throw notFound("sg", groupId);
    return group;
  }
  if (!groupName) throw missingParameter("The request must contain the parameter groupName or groupId");
  const group = (await groupsOfVpc(ec2, scope, vpc.vpcId)).find((each) => each.groupName === groupName);
  if (!group) throw groupNameNotFound(groupName, vpc.vpcId);
  return group;
}

export async function groupsOfVpc(ec2: Ec2, scope: Scope, vpcId: string): Promise<SecurityGroupRecord[]> {
  return await ec2.records.groups.list(scopeKey(scope), { where: { vpcId } });
}

/**
 * Adds rules to a group, all or none; resolves when the data plane has them.
 * @throws AwsError InvalidPermission.Duplicate, RulesPerSecurityGroupLimitExceeded, …
 */
export async function authorize(
  ec2: Ec2,
  scope: Scope,
  target: GroupTarget,
  permissions: readonly IpPermission[],
  tags: Tag[],
): Promise<SecurityGroupRule[]> {
  const { group, added } = await ec2.store.transaction(async () => {
    const found = await namedGroup(ec2, scope, target);
    if (!permissions.length) throw missingParameter("The request must contain the parameter ipPermissions");
    const requested = await requestedRules(permissions, lookupIn(ec2, scope, found.vpcId));
    if (!requested.length) throw invalidParameterValue("At least one source or destination must be specified.");
    checkDistinct(requested);
    const present = found.rules.filter((rule) => rule.isEgress === target.isEgress);
    for (const rule of requested)
      if (present.some((other) => sameRule(rule, other))) throw duplicatePermission(describeRule(rule));
    const records = requested.map((rule): RuleRecord => ({
      ...rule,
      ruleId: ec2Id(ec2.ids, "sgr"),
      isEgress: target.isEgress,
      tags,
    }));
    checkCount([...present, ...records]);
    await ec2.records.groups.put(scopeKey(scope), found.groupId, { ...found, rules: [...found.rules, ...records] });
    return { group: found, added: records };
  });
  await ec2.publishGroups(scope, group.vpcId, [group.groupId]);
  return added.map((rule) => viewOfRule(scope, group.groupId, rule));
}

/**
 * Takes rules out of a group, all or none; resolves when the data plane has let go of them. Connections that were let in
 * go on, as on AWS.
 * @throws AwsError InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound, MissingParameter
 */
export async function revoke(
  ec2: Ec2,
  scope: Scope,
  target: GroupTarget,
  permissions: readonly IpPermission[],
  ruleIds: readonly string[],
): Promise<OwnedRule[]> {
  const { group, removed } = await ec2.store.transaction(async () => {
    const found = await namedGroup(ec2, scope, target);
    if (!permissions.length && !ruleIds.length)
      throw missingParameter("Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
    const present = found.rules.filter((rule) => rule.isEgress === target.isEgress);
    const requested = await requestedRules(permissions, lookupIn(ec2, scope, found.vpcId));
    const matched = requested.map((rule) => {
      const match = present.find((other) => sameRule(rule, other));
      if (!match) throw permissionNotFound();
      return match;
    });
    const named = ruleIds.map((id) => {
      checkId("sgr", id);
      const match = present.find((rule) => rule.ruleId === id);
      if (!match) throw notFound("sgr", id);
      return match;
    });
    const gone = new Set([...matched, ...named]);
    const rules = found.rules.filter((rule) => !gone.has(rule));
    await ec2.records.groups.put(scopeKey(scope), found.groupId, { ...found, rules });
    return { group: found, removed: [...gone] };
  });
  await ec2.publishGroups(scope, group.vpcId, [group.groupId]);
  return removed.map((rule) => ({ groupId: group.groupId, rule }));
}

/** The permissions of a request in either form: `IpPermissions`, or one rule in members of its own. */
export function permissionsOf(input: {
  IpPermissions?: IpPermission[];
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIp?: string;
  SourceSecurityGroupName?: string;
}): IpPermission[] {
  if (input.IpPermissions?.length) return input.IpPermissions;
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName } = input;
  if (SourceSecurityGroupName !== undefined)
    // A whole group could only be let in with this member.
    return [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupName: SourceSecurityGroupName }] }];
  if (CidrIp === undefined) return [];
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}

/** A rule as the API shows it. */
export function viewOfRule(scope: Scope, groupId: string, rule: RuleRecord): SecurityGroupRule {
  return ruleView(rule, groupId, scope.account, (id) => formatArn("ec2", scope, `security-group-rule/${id}`));
}

/** A rule as the answer to its revocation shows it. */
export function revokedRuleView({ groupId, rule }: OwnedRule): RevokedSecurityGroupRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...("cidrIpv4" in peer ? { CidrIpv4: peer.cidrIpv4 } : {}),
    ...("cidrIpv6" in peer ? { CidrIpv6: peer.cidrIpv6 } : {}),
    ...("groupId" in peer ? { ReferencedGroupId: peer.groupId } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

function lookupIn(ec2: Ec2, scope: Scope, vpcId: string): GroupLookup {
  return async ({ GroupId, GroupName, UserId }) => {
    const groups = await groupsOfVpc(ec2, scope, vpcId);
    const found = groups.find((group) => (GroupId ? group.groupId === GroupId : group.groupName === GroupName));
    if (!found || (UserId !== undefined && UserId !== scope.account)) throw notFound("sg", GroupId ?? GroupName ?? "");
    return found.groupId;
  };
}

function checkDistinct(rules: readonly RequestedRule[]): void {
  for (const [i, rule] of rules.entries())
    if (rules.slice(i + 1).some((other) => sameRule(rule, other)))
      throw invalidParameterValue("The same permission must not appear multiple times");
}

function checkCount(rules: readonly RuleRecord[]): void {
  const ofIpv6 = rules.filter(({ peer }) => "cidrIpv6" in peer).length;
  const ofIpv4 = rules.filter(({ peer }) => !("cidrIpv6" in peer)).length;
  if (ofIpv4 > MAX_RULES || ofIpv6 > MAX_RULES) throw tooManyRules();
}
