import type {
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  StaleSecurityGroup,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";
import { stalePermissions } from "../permission-views.ts";
import type { RuleRecord } from "../records.ts";
import { isStale, peeringStatuses } from "../security-group-peers.ts";
import { groupsOfVpc } from "../security-groups.ts";
import { page } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html */
export function describeStaleSecurityGroups(ec2: Ec2) {
  return async (
    input: DescribeStaleSecurityGroupsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeStaleSecurityGroupsResult> => {
    const { VpcId = "" } = input;
    await existing(ec2.records.vpcs, scope, "vpc", VpcId);
    const groups = await groupsOfVpc(ec2, scope, VpcId);
    const statuses = await peeringStatuses(ec2, groups);
    const stale: StaleSecurityGroup[] = [];
    for (const { groupId, groupName, description, vpcId, rules } of groups) {
      const staleRules: RuleRecord[] = [];
      for (const rule of rules) if (await isStale(ec2, scope.region, rule.peer, statuses)) staleRules.push(rule);
      if (!staleRules.length) continue;
      const permissions = (isEgress: boolean) =>
        stalePermissions(
          staleRules.filter((rule) => rule.isEgress === isEgress),
          scope.account,
          statuses,
        );
      stale.push({
        GroupId: groupId,
        GroupName: groupName,
        Description: description,
        VpcId: vpcId,
        StaleIpPermissions: permissions(false),
        StaleIpPermissionsEgress: permissions(true),
      });
    }
    const { items, NextToken } = page(stale, input, (group) => group.GroupId!);
    return { StaleSecurityGroupSet: items, NextToken };
  };
}
