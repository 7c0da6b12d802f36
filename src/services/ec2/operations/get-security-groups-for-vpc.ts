import type { GetSecurityGroupsForVpcRequest, GetSecurityGroupsForVpcResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";
import type { SecurityGroupRecord } from "../records.ts";
import { groupsOfVpc } from "../security-groups.ts";
import { filterRecords, type FilterValues, page } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
export function getSecurityGroupsForVpc(ec2: Ec2) {
  return async (
    input: GetSecurityGroupsForVpcRequest,
    { scope }: RequestContext,
  ): Promise<GetSecurityGroupsForVpcResult> => {
    const { VpcId = "" } = input;
    await existing(ec2.records.vpcs, scope, "vpc", VpcId);
    const groups = filterRecords(await groupsOfVpc(ec2, scope, VpcId), input.Filters, filters(scope.account));
    const { items, NextToken } = page(groups, input, (group) => group.groupId);
    return {
      SecurityGroupForVpcs: items.map(({ groupId, groupName, description, vpcId, tags }) => ({
        GroupId: groupId,
        GroupName: groupName,
        Description: description,
        OwnerId: scope.account,
        PrimaryVpcId: vpcId,
        Tags: tags,
      })),
      NextToken,
    };
  };
}

const filters = (account: string): FilterValues<SecurityGroupRecord> => ({
  description: (group) => [group.description],
  "group-id": (group) => [group.groupId],
  "group-name": (group) => [group.groupName],
  "owner-id": () => [account],
  "primary-vpc-id": (group) => [group.vpcId],
});
