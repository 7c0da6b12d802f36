import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { authorizeSecurityGroupEgress } from "../operations/authorize-security-group-egress.ts";
import { authorizeSecurityGroupIngress } from "../operations/authorize-security-group-ingress.ts";
import { createSecurityGroup } from "../operations/create-security-group.ts";
import { deleteSecurityGroup } from "../operations/delete-security-group.ts";
import { describeSecurityGroupRules } from "../operations/describe-security-group-rules.ts";
import { describeSecurityGroups } from "../operations/describe-security-groups.ts";
import { revokeSecurityGroupEgress } from "../operations/revoke-security-group-egress.ts";
import { revokeSecurityGroupIngress } from "../operations/revoke-security-group-ingress.ts";

/** Security groups and managed prefix lists. */
export function securityGroupsHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress(ec2),
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress(ec2),
    CreateSecurityGroup: createSecurityGroup(ec2),
    DeleteSecurityGroup: deleteSecurityGroup(ec2),
    DescribeSecurityGroupRules: describeSecurityGroupRules(ec2),
    DescribeSecurityGroups: describeSecurityGroups(ec2),
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress(ec2),
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress(ec2),
  };
}
