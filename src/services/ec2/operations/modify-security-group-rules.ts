import type { ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { modifyRules } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export function modifySecurityGroupRules(ec2: Ec2) {
  return async (
    { GroupId = "", SecurityGroupRules = [] }: ModifySecurityGroupRulesRequest,
    { scope }: RequestContext,
  ): Promise<ModifySecurityGroupRulesResult> => {
    await modifyRules(ec2, scope, GroupId, SecurityGroupRules);
    return { Return: true };
  };
}
