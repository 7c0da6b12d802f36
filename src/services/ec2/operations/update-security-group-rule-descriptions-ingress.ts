import type {
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { describeRules } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html */
export function updateSecurityGroupRuleDescriptionsIngress(ec2: Ec2) {
  return async (
    input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
    { scope }: RequestContext,
  ): Promise<UpdateSecurityGroupRuleDescriptionsIngressResult> => {
    const target = { groupId: input.GroupId, groupName: input.GroupName, isEgress: false };
    await describeRules(ec2, scope, target, input.IpPermissions ?? [], input.SecurityGroupRuleDescriptions ?? []);
    return { Return: true };
  };
}
