import type { CreateSecurityGroupRequest, CreateSecurityGroupResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { allowAllEgress } from "../default-vpc.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue } from "../errors.ts";
import { duplicateGroup, reservedGroupName, tooManyGroups } from "../errors/security-groups.ts";
import { existing } from "../existing.ts";
import { securityGroupArn } from "../permission-views.ts";
import type { SecurityGroupRecord } from "../records.ts";
import { allowAllIpv6Egress, groupsOfVpc } from "../security-groups.ts";
import { specifiedTags } from "../tags.ts";

/** In a Region: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_GROUPS = 2500;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export function createSecurityGroup(ec2: Ec2) {
  return async (
    { GroupName = "", Description = "", VpcId, TagSpecifications }: CreateSecurityGroupRequest,
    { scope }: RequestContext,
  ): Promise<CreateSecurityGroupResult> => {
    checkText("GroupName", GroupName);
    checkText("GroupDescription", Description);
    if (GroupName.startsWith("sg-"))
      throw invalidParameterValue(
        `Value (${GroupName}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
      );
    if (GroupName === "default") throw reservedGroupName();
    const tags = specifiedTags(TagSpecifications, "security-group");
    const group = await ec2.store.transaction(async () => {
      const vpc = VpcId ? await existing(ec2.records.vpcs, scope, "vpc", VpcId) : await ec2.requireDefaultVpc(scope);
      const { vpcId } = vpc;
      const others = await groupsOfVpc(ec2, scope, vpcId);
      if (others.some((other) => other.groupName === GroupName)) throw duplicateGroup(GroupName, vpcId);
      if ((await ec2.records.groups.count(scopeKey(scope))) >= MAX_GROUPS) throw tooManyGroups();
      const record: SecurityGroupRecord = {
        groupId: ec2Id(ec2.ids, "sg"),
        groupName: GroupName,
        description: Description,
        vpcId,
        rules: [allowAllEgress(ec2.ids), ...(vpc.ipv6CidrBlocks.length ? [allowAllIpv6Egress(ec2.ids)] : [])],
        tags,
      };
      await ec2.records.groups.insert(scopeKey(scope), record.groupId, record);
      return record;
    });
    await ec2.publishGroups(scope, group.vpcId, [group.groupId]);
    return { GroupId: group.groupId, Tags: tags, SecurityGroupArn: securityGroupArn(group.groupId, scope) };
  };
}

function checkText(name: string, value: string): void {
  if (value.length > 255 || !/^[\w .:/()#,@[\]+=&;{}!$*-]*$/.test(value) || !value)
    throw invalidParameterValue(
      `Value (${value}) for parameter ${name} is invalid. Character sets beyond ASCII are not supported.`,
    );
}
