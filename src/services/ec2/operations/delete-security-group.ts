import type { DeleteSecurityGroupRequest, DeleteSecurityGroupResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { cannotDeleteDefault, dependencyViolation } from "../errors/security-groups.ts";
import { groupsOfVpc, namedGroup } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
export function deleteSecurityGroup(ec2: Ec2) {
  return async (
    { GroupId, GroupName }: DeleteSecurityGroupRequest,
    { scope }: RequestContext,
  ): Promise<DeleteSecurityGroupResult> => {
    const deleted = await ec2.store.transaction(async () => {
      const { groupId, groupName, vpcId } = await namedGroup(ec2, scope, { groupId: GroupId, groupName: GroupName });
      if (groupName === "default") throw cannotDeleteDefault(groupId);
      const interfaces = await ec2.records.interfaces.list(scopeKey(scope), { where: { vpcId } });
      const others = (await groupsOfVpc(ec2, scope, vpcId)).filter((group) => group.groupId !== groupId);
      const named = others.some(({ rules }) => rules.some(({ peer }) => "groupId" in peer && peer.groupId === groupId));
      const endpoints = await ec2.records.vpcEndpoints.list(scopeKey(scope), { where: { vpcId } });
      if (endpoints.some((each) => each.groupIds.includes(groupId))) throw dependencyViolation(groupId);
      if (named || interfaces.some((each) => each.groupIds.includes(groupId))) throw dependencyViolation(groupId);
      await ec2.records.groups.delete(scopeKey(scope), groupId);
      return groupId;
    });
    return { Return: true, GroupId: deleted };
  };
}
