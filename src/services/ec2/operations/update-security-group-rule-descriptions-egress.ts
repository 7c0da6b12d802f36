import type {
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { describeRules } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html */
export function updateSecurityGroupRuleDescriptionsEgress(ec2: Ec2) {
  return async (
    input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
    { scope }: RequestContext,
  ): Promise<UpdateSecurityGroupRuleDescriptionsEgressResult> => {
    const target = { groupId: input.GroupId, groupName: input.GroupName, isEgress: true };
    await describeRules(ec2, scope, target, input.IpPermissions ?? [], input.SecurityGroupRuleDescriptions ?? []);
    return { Return: true };
  };
}
