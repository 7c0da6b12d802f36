import type { AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { permissionsOf } from "../permissions.ts";
import { authorize } from "../security-groups.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export function authorizeSecurityGroupEgress(ec2: Ec2) {
  return async (
    input: AuthorizeSecurityGroupEgressRequest,
    { scope }: RequestContext,
  ): Promise<AuthorizeSecurityGroupEgressResult> => {
    const target = { groupId: input.GroupId, groupName: undefined, isEgress: true };
    const tags = specifiedTags(input.TagSpecifications, "security-group-rule");
    const SecurityGroupRules = await authorize(ec2, scope, target, permissionsOf(input), tags);
    return { Return: true, SecurityGroupRules };
  };
}
