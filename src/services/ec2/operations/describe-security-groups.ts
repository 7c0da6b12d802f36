import type { DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { noDefaultVpc } from "../errors.ts";
import { groupNameNotFound } from "../errors/security-groups.ts";
import { securityGroupView } from "../permission-views.ts";
import type { RuleRecord, SecurityGroupRecord } from "../records.ts";
import { peeringStatuses } from "../security-group-peers.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function describeSecurityGroups(ec2: Ec2) {
  return async (
    input: DescribeSecurityGroupsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeSecurityGroupsResult> => {
    const vpc = await ec2.defaultVpc(scope);
    const all = await ec2.records.groups.list(scopeKey(scope));
    const named = byNames(recordsByIds(all, input.GroupIds, "sg", idOf), input.GroupNames, vpc?.vpcId);
    const names = new Map(all.map((group) => [group.groupId, group.groupName]));
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account, names)), input, idOf);
    const peerings = await peeringStatuses(ec2, items);
    return { SecurityGroups: items.map((group) => securityGroupView(group, scope, peerings)), NextToken };
  };
}

const idOf = (group: SecurityGroupRecord) => group.groupId;

/** Names are those of groups in the default VPC. */
function byNames(
  groups: readonly SecurityGroupRecord[],
  names: readonly string[] | undefined,
  defaultVpcId: string | undefined,
) {
  if (!names?.length) return groups;
  if (defaultVpcId === undefined) throw noDefaultVpc();
  const ofDefault = groups.filter((group) => group.vpcId === defaultVpcId);
  const missing = names.find((name) => !ofDefault.some((group) => group.groupName === name));
  if (missing !== undefined) throw groupNameNotFound(missing, defaultVpcId);
  return ofDefault.filter((group) => names.includes(group.groupName));
}

function filters(account: string, names: ReadonlyMap<string, string>): FilterValues<SecurityGroupRecord> {
  const own: FilterValues<SecurityGroupRecord> = {
    description: (group) => [group.description],
    "group-id": (group) => [group.groupId],
    "group-name": (group) => [group.groupName],
    "owner-id": () => [account],
    "vpc-id": (group) => [group.vpcId],
  };
  const ofRules: Record<string, (rule: RuleRecord) => string | number | undefined> = {
    cidr: ({ peer }) => ("cidrIpv4" in peer ? peer.cidrIpv4 : undefined),
    "ipv6-cidr": ({ peer }) => ("cidrIpv6" in peer ? peer.cidrIpv6 : undefined),
    "group-id": ({ peer }) => ("groupId" in peer ? peer.groupId : undefined),
    "group-name": ({ peer }) => ("groupId" in peer ? names.get(peer.groupId) : undefined),
    "user-id": ({ peer }) => ("groupId" in peer ? (peer.peering?.userId ?? account) : undefined),
    "from-port": (rule) => rule.fromPort,
    "to-port": (rule) => rule.toPort,
    protocol: (rule) => rule.protocol,
    "prefix-list-id": ({ peer }) => ("prefixListId" in peer ? peer.prefixListId : undefined),
  };
  const rules = Object.entries(ofRules).flatMap(([name, value]) =>
    [false, true].map((isEgress) => [
      `${isEgress ? "egress." : ""}ip-permission.${name}`,
      (group: SecurityGroupRecord) => group.rules.filter((rule) => rule.isEgress === isEgress).map(value),
    ]),
  );
  return { ...own, ...(Object.fromEntries(rules) as FilterValues<SecurityGroupRecord>) };
}
