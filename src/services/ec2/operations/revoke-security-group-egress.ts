import type { RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { permissionsOf } from "../permissions.ts";
import { revoke } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html */
export function revokeSecurityGroupEgress(ec2: Ec2) {
  return async (
    input: RevokeSecurityGroupEgressRequest,
    { scope }: RequestContext,
  ): Promise<RevokeSecurityGroupEgressResult> => {
    const target = { groupId: input.GroupId, groupName: undefined, isEgress: true };
    return await revoke(ec2, scope, target, permissionsOf(input), input.SecurityGroupRuleIds ?? []);
  };
}
