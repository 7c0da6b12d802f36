import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { authorizeSecurityGroupEgress } from "../operations/authorize-security-group-egress.ts";
import { authorizeSecurityGroupIngress } from "../operations/authorize-security-group-ingress.ts";
import { createManagedPrefixList } from "../operations/create-managed-prefix-list.ts";
import { createSecurityGroup } from "../operations/create-security-group.ts";
import { deleteManagedPrefixList } from "../operations/delete-managed-prefix-list.ts";
import { deleteSecurityGroup } from "../operations/delete-security-group.ts";
import { describeManagedPrefixLists } from "../operations/describe-managed-prefix-lists.ts";
import { describePrefixLists } from "../operations/describe-prefix-lists.ts";
import { describeSecurityGroupReferences } from "../operations/describe-security-group-references.ts";
import { describeSecurityGroupRules } from "../operations/describe-security-group-rules.ts";
import { describeSecurityGroups } from "../operations/describe-security-groups.ts";
import { describeStaleSecurityGroups } from "../operations/describe-stale-security-groups.ts";
import { getManagedPrefixListAssociations } from "../operations/get-managed-prefix-list-associations.ts";
import { getManagedPrefixListEntries } from "../operations/get-managed-prefix-list-entries.ts";
import { getSecurityGroupsForVpc } from "../operations/get-security-groups-for-vpc.ts";
import { modifyManagedPrefixList } from "../operations/modify-managed-prefix-list.ts";
import { modifySecurityGroupRules } from "../operations/modify-security-group-rules.ts";
import { restoreManagedPrefixListVersion } from "../operations/restore-managed-prefix-list-version.ts";
import { revokeSecurityGroupEgress } from "../operations/revoke-security-group-egress.ts";
import { revokeSecurityGroupIngress } from "../operations/revoke-security-group-ingress.ts";
import { updateSecurityGroupRuleDescriptionsEgress } from "../operations/update-security-group-rule-descriptions-egress.ts";
import { updateSecurityGroupRuleDescriptionsIngress } from "../operations/update-security-group-rule-descriptions-ingress.ts";

/** Security groups and managed prefix lists. */
export function securityGroupsHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress(ec2),
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress(ec2),
    CreateManagedPrefixList: createManagedPrefixList(ec2),
    CreateSecurityGroup: createSecurityGroup(ec2),
    DeleteManagedPrefixList: deleteManagedPrefixList(ec2),
    DeleteSecurityGroup: deleteSecurityGroup(ec2),
    DescribeManagedPrefixLists: describeManagedPrefixLists(ec2),
    DescribePrefixLists: describePrefixLists(ec2),
    DescribeSecurityGroupReferences: describeSecurityGroupReferences(ec2),
    DescribeSecurityGroupRules: describeSecurityGroupRules(ec2),
    DescribeSecurityGroups: describeSecurityGroups(ec2),
    DescribeStaleSecurityGroups: describeStaleSecurityGroups(ec2),
    GetManagedPrefixListAssociations: getManagedPrefixListAssociations(ec2),
    GetManagedPrefixListEntries: getManagedPrefixListEntries(ec2),
    GetSecurityGroupsForVpc: getSecurityGroupsForVpc(ec2),
    ModifyManagedPrefixList: modifyManagedPrefixList(ec2),
    ModifySecurityGroupRules: modifySecurityGroupRules(ec2),
    RestoreManagedPrefixListVersion: restoreManagedPrefixListVersion(ec2),
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress(ec2),
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress(ec2),
    UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress(ec2),
    UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress(ec2),
  };
}
