import type { RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { permissionsOf } from "../permissions.ts";
import { revoke } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export function revokeSecurityGroupIngress(ec2: Ec2) {
  return async (
    input: RevokeSecurityGroupIngressRequest,
    { scope }: RequestContext,
  ): Promise<RevokeSecurityGroupIngressResult> => {
    const target = { groupId: input.GroupId, groupName: input.GroupName, isEgress: false };
    return await revoke(ec2, scope, target, permissionsOf(input), input.SecurityGroupRuleIds ?? []);
  };
}
