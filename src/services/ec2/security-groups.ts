import type {
  IpPermission,
  RevokeSecurityGroupIngressResult,
  SecurityGroupRule,
  SecurityGroupRuleDescription,
  SecurityGroupRuleUpdate,
  Tag,
} from "@aws-sdk/client-ec2";
import { ec2Id, type Ids } from "../../base/ids.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Ec2 } from "./ec2.ts";
import { differentNetworks, invalidParameterValue, missingParameter, notFound } from "./errors.ts";
import { duplicatePermission, groupNameNotFound, permissionNotFound } from "./errors/security-groups.ts";
import { existing } from "./existing.ts";
import { mergedPermissions, revokedRuleView, ruleView } from "./permission-views.ts";
import {
  checkedDescription,
  checkKind,
  describeRule,
  permissionOfRule,
  type RequestedRule,
  requestedRules,
  sameRule,
} from "./permissions.ts";
import type { RuleRecord, SecurityGroupRecord } from "./records.ts";
import { checkId } from "./resource-ids.ts";
import { checkRuleCount, peeringStatuses, peerLookup } from "./security-group-peers.ts";

/** How a request names a group, and which of its two lists of rules it means. */
export interface GroupTarget {
  groupId: string | undefined;
  groupName: string | undefined;
  isEgress: boolean;
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
  await ec2.ensureRegion(scope);
  if (groupId) return await existing(ec2.records.groups, scope, "sg", groupId);
  if (!groupName) throw missingParameter("The request must contain the parameter groupName or groupId");
  const vpc = await ec2.requireDefaultVpc(scope);
  const group = (await groupsOfVpc(ec2, scope, vpc.vpcId)).find((each) => each.groupName === groupName);
  if (!group) throw groupNameNotFound(groupName, vpc.vpcId);
  return group;
}

/** All groups of a VPC. */
export async function groupsOfVpc(ec2: Ec2, scope: Scope, vpcId: string): Promise<SecurityGroupRecord[]> {
  return await ec2.records.groups.list(scopeKey(scope), { where: { vpcId } });
}

/**
 * The groups of an interface in a VPC: those of the request, or the VPC's default group.
 * @param place what the interface is for, as in `subnet subnet-…`
 * @throws AwsError InvalidGroup.NotFound, InvalidGroupId.Malformed, InvalidParameter for a group of another VPC
 */
export async function interfaceGroups(
  ec2: Ec2,
  scope: Scope,
  vpcId: string,
  groupIds: readonly string[],
  place: string,
): Promise<string[]> {
  for (const groupId of groupIds) {
    const group = await existing(ec2.records.groups, scope, "sg", groupId);
    if (group.vpcId !== vpcId) throw differentNetworks(groupId, place);
  }
  if (groupIds.length) return [...new Set(groupIds)];
  const groups = await groupsOfVpc(ec2, scope, vpcId);
  return groups.filter((group) => group.groupName === "default").map((group) => group.groupId);
}

/** The rule that a new group of a VPC with IPv6 has beside that of IPv4. */
export function allowAllIpv6Egress(ids: Ids): RuleRecord {
  const ruleId = ec2Id(ids, "sgr");
  return { ruleId, isEgress: true, protocol: "-1", fromPort: -1, toPort: -1, peer: { cidrIpv6: "::/0" }, tags: [] };
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
    const requested = await requestedRules(permissions, peerLookup(ec2, scope, found.vpcId));
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
    return { group: await putRules(ec2, scope, found, [...found.rules, ...records]), added: records };
  });
  await publishRules(ec2, scope, group, added);
  return await viewsOfRules(ec2, scope, group, added);
}

/**
 * Takes rules out of a group; resolves when the data plane has let go of them. Connections that were let in go on, as on
 * AWS. All go or none, but for groups of the default VPC: there, what is not found is told and the rest goes.
 * @throws AwsError InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound, MissingParameter
 */
export async function revoke(
  ec2: Ec2,
  scope: Scope,
  target: GroupTarget,
  permissions: readonly IpPermission[],
  ruleIds: readonly string[],
): Promise<RevokeSecurityGroupIngressResult> {
  const { group, removed, unknown } = await ec2.store.transaction(async () => {
    const found = await namedGroup(ec2, scope, target);
    if (!permissions.length && !ruleIds.length)
      throw missingParameter("Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
    const matches = await matchingRules(ec2, scope, found, target.isEgress, permissions);
    const missing = matches.filter(({ rule }) => !rule).map(({ requested }) => requested);
    const vpc = await ec2.records.vpcs.get(scopeKey(scope), found.vpcId);
    if (missing.length && !vpc?.isDefault) throw permissionNotFound();
    const named = ruleIds.map((id) => ruleOfGroup(found, id, target.isEgress));
    const gone = new Set([...matches.flatMap(({ rule }) => rule ?? []), ...named]);
    const rules = found.rules.filter((rule) => !gone.has(rule));
    await ec2.records.groups.put(scopeKey(scope), found.groupId, { ...found, rules });
    return { group: found, removed: [...gone], unknown: missing };
  });
  await ec2.publishGroups(scope, group.vpcId, [group.groupId]);
  const unknownPermissions = mergedPermissions(unknown, scope.account, await peeringStatuses(ec2, [group]));
  return {
    Return: true,
    RevokedSecurityGroupRules: removed.map((rule) => revokedRuleView(rule, group.groupId)),
    ...(unknownPermissions.length ? { UnknownIpPermissions: unknownPermissions } : {}),
  };
}

/**
 * Replaces rules of a group, all or none, with others of the same kind of peer; resolves when the data plane has them.
 * @throws AwsError InvalidSecurityGroupRuleId.NotFound, InvalidPermission.Duplicate, InvalidParameterValue, …
 */
export async function modifyRules(
  ec2: Ec2,
  scope: Scope,
  groupId: string,
  updates: readonly SecurityGroupRuleUpdate[],
): Promise<void> {
  const { group, changed } = await ec2.store.transaction(async () => {
    const found = await namedGroup(ec2, scope, { groupId, groupName: undefined });
    const lookup = peerLookup(ec2, scope, found.vpcId);
    const replaced = new Map<string, RuleRecord>();
    for (const { SecurityGroupRuleId = "", SecurityGroupRule } of updates) {
      const { ruleId, isEgress, tags, peer } = ruleOfGroup(found, SecurityGroupRuleId);
      if (replaced.has(ruleId)) throw invalidParameterValue(`The rule ID '${ruleId}' is specified more than once.`);
      if (!SecurityGroupRule) throw missingParameter("The request must contain the parameter SecurityGroupRule");
      const requested = await requestedRules([permissionOfRule(SecurityGroupRule)], lookup);
      if (requested.length !== 1)
        throw invalidParameterValue("Exactly one source or destination must be specified for a security group rule.");
      const [rule] = requested;
      checkKind(rule!.peer, peer);
      replaced.set(ruleId, { ...rule!, ruleId, isEgress, tags });
    }
    const rules = found.rules.map((rule) => replaced.get(rule.ruleId) ?? rule);
    for (const rule of replaced.values())
      if (rules.some((other) => other !== rule && other.isEgress === rule.isEgress && sameRule(rule, other)))
        throw duplicatePermission(describeRule(rule));
    return { group: await putRules(ec2, scope, found, rules), changed: [...replaced.values()] };
  });
  await publishRules(ec2, scope, group, changed);
}

/**
 * Gives rules of a group other descriptions, or none, all or none of them.
 * @throws AwsError InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound, MissingParameter
 */
export async function describeRules(
  ec2: Ec2,
  scope: Scope,
  target: GroupTarget,
  permissions: readonly IpPermission[],
  byId: readonly SecurityGroupRuleDescription[],
): Promise<void> {
  await ec2.store.transaction(async () => {
    const found = await namedGroup(ec2, scope, target);
    if (!permissions.length && !byId.length)
      throw missingParameter("Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be provided.");
    const descriptions = new Map<RuleRecord, string | undefined>();
    for (const { rule, requested } of await matchingRules(ec2, scope, found, target.isEgress, permissions)) {
      if (!rule) throw permissionNotFound();
      descriptions.set(rule, requested.description);
    }
    for (const { SecurityGroupRuleId = "", Description } of byId)
      descriptions.set(
        ruleOfGroup(found, SecurityGroupRuleId, target.isEgress),
        Description === undefined ? undefined : checkedDescription(Description),
      );
    const rules = found.rules.map((rule) =>
      descriptions.has(rule) ? redescribed(rule, descriptions.get(rule)) : rule,
    );
    await ec2.records.groups.put(scopeKey(scope), found.groupId, { ...found, rules });
  });
}

async function viewsOfRules(
  ec2: Ec2,
  scope: Scope,
  group: SecurityGroupRecord,
  rules: readonly RuleRecord[],
): Promise<SecurityGroupRule[]> {
  const peerings = await peeringStatuses(ec2, [group]);
  return rules.map((rule) => ruleView(rule, group.groupId, scope, peerings));
}

/** What the permissions say, each with the rule of the group that allows just that. */
async function matchingRules(
  ec2: Ec2,
  scope: Scope,
  group: SecurityGroupRecord,
  isEgress: boolean,
  permissions: readonly IpPermission[],
): Promise<{ requested: RequestedRule; rule: RuleRecord | undefined }[]> {
  const present = group.rules.filter((rule) => rule.isEgress === isEgress);
  const lookup = peerLookup(ec2, scope, group.vpcId);
  const requested = await requestedRules(permissions, {
    ...lookup,
    async group(pair) {
      // A rule that has become stale can still be named, though its group cannot be found.
      const stale = present.find(({ peer }) => "groupId" in peer && peer.peering && peer.groupId === pair.GroupId);
      return stale?.peer ?? (await lookup.group(pair));
    },
  });
  return requested.map((each) => ({ requested: each, rule: present.find((other) => sameRule(each, other)) }));
}

/** @throws AwsError InvalidSecurityGroupRuleId.NotFound */
function ruleOfGroup(group: SecurityGroupRecord, ruleId: string, isEgress?: boolean): RuleRecord {
  checkId("sgr", ruleId);
  const rule = group.rules.find((each) => each.ruleId === ruleId);
  if (!rule || (isEgress !== undefined && rule.isEgress !== isEgress)) throw notFound("sgr", ruleId);
  return rule;
}

async function putRules(
  ec2: Ec2,
  scope: Scope,
  group: SecurityGroupRecord,
  rules: RuleRecord[],
): Promise<SecurityGroupRecord> {
  checkRuleCount(rules, await ec2.records.prefixLists.list(scopeKey(scope)));
  const changed = { ...group, rules };
  await ec2.records.groups.put(scopeKey(scope), group.groupId, changed);
  return changed;
}

async function publishRules(ec2: Ec2, scope: Scope, { vpcId, groupId }: SecurityGroupRecord, rules: RuleRecord[]) {
  // The data plane has to know a list before a rule names it.
  if (rules.some(({ peer }) => "prefixListId" in peer)) await ec2.publishTopology(scope, vpcId);
  await ec2.publishGroups(scope, vpcId, [groupId]);
}

function redescribed(rule: RuleRecord, description: string | undefined): RuleRecord {
  const { description: _, ...undescribed } = rule;
  return description === undefined ? undescribed : { ...undescribed, description };
}

function checkDistinct(rules: readonly RequestedRule[]): void {
  for (const [i, rule] of rules.entries())
    if (rules.slice(i + 1).some((other) => sameRule(rule, other)))
      throw invalidParameterValue("The same permission must not appear multiple times");
}
