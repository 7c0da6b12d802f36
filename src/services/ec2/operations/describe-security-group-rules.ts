import type { DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { ruleView } from "../permission-views.ts";
import type { RuleRecord } from "../records.ts";
import { peeringStatuses } from "../security-group-peers.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

type OwnedRule = RuleRecord & { groupId: string };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export function describeSecurityGroupRules(ec2: Ec2) {
  return async (
    input: DescribeSecurityGroupRulesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeSecurityGroupRulesResult> => {
    await ec2.ensureRegion(scope);
    const groups = await ec2.records.groups.list(scopeKey(scope));
    const rules = groups
      .flatMap(({ groupId, rules: own }) => own.map((rule): OwnedRule => ({ ...rule, groupId })))
      .toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
    const named = recordsByIds(rules, input.SecurityGroupRuleIds, "sgr", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, FILTERS), input, idOf);
    const peerings = await peeringStatuses(ec2, groups);
    return { SecurityGroupRules: items.map((rule) => ruleView(rule, rule.groupId, scope, peerings)), NextToken };
  };
}

const idOf = (rule: OwnedRule) => rule.ruleId;

const FILTERS: FilterValues<OwnedRule> = {
  "group-id": (rule) => [rule.groupId],
  "security-group-rule-id": (rule) => [rule.ruleId],
};
