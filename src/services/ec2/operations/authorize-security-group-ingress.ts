import type { AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { permissionsOf } from "../permissions.ts";
import { authorize } from "../security-groups.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export function authorizeSecurityGroupIngress(ec2: Ec2) {
  return async (
    input: AuthorizeSecurityGroupIngressRequest,
    { scope }: RequestContext,
  ): Promise<AuthorizeSecurityGroupIngressResult> => {
    const target = { groupId: input.GroupId, groupName: input.GroupName, isEgress: false };
    const tags = specifiedTags(input.TagSpecifications, "security-group-rule");
    const SecurityGroupRules = await authorize(ec2, scope, target, permissionsOf(input), tags);
    return { Return: true, SecurityGroupRules };
  };
}
