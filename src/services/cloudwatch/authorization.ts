import type { Tag } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { ANY, check, conditions, removedTags, requestTags, tagValues } from "../../wire/checks.ts";
import { alarmArn, alarmNameIn } from "./alarms/arn.ts";
import type { CloudWatch } from "./cloudwatch.ts";

interface GivenAlarm {
  AlarmName?: string | undefined;
  OKActions?: string[] | undefined;
  AlarmActions?: string[] | undefined;
  InsufficientDataActions?: string[] | undefined;
  Tags?: Tag[] | undefined;
}

/**
 * What the operations of CloudWatch need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 */
export function cloudWatchRules(
  cloudwatch: CloudWatch,
): AuthorizationRules<typeof import("@aws-sdk/client-cloudwatch")> {
  const named = (scope: Scope, name: string) => alarmResource(cloudwatch, scope, alarmArn(scope, name));
  const onAlarms =
    (action: string) =>
    ({ AlarmNames }: { AlarmNames?: string[] | undefined }, { scope }: AuthorizationContext) => [
      check(
        action,
        (AlarmNames?.length ? AlarmNames : ["*"]).map((name) => named(scope, name)),
      ),
    ];
  const onAlarm =
    (action: string) =>
    ({ AlarmName }: { AlarmName?: string | undefined }, { scope }: AuthorizationContext) => [
      check(action, named(scope, AlarmName ?? "*")),
    ];
  const putting =
    (action: string) =>
    (input: GivenAlarm, { scope }: AuthorizationContext) => {
      const alarm = named(scope, input.AlarmName ?? "");
      const actions = [input.OKActions, input.AlarmActions, input.InsufficientDataActions].flatMap(
        (arns) => arns ?? [],
      );
      const more = { ...requestTags(input.Tags), conditions: conditions({ "cloudwatch:AlarmActions": actions }) };
      return [
        check(action, alarm, more),
        // Who tags what it makes must be allowed to tag.
        ...(input.Tags?.length ? [check("cloudwatch:TagResource", alarm, requestTags(input.Tags))] : []),
      ];
    };
  const byArn = (scope: Scope, arn: string) => alarmResource(cloudwatch, scope, arn);
  /** Composite alarms are shown to those alone who may see all alarms. */
  const hasComposites = (types: readonly string[] | undefined) => types?.includes("CompositeAlarm") ?? false;

  return {
    DeleteAlarms: onAlarms("cloudwatch:DeleteAlarms"),
    DescribeAlarmHistory: (input, context) =>
      hasComposites(input.AlarmTypes)
        ? [check("cloudwatch:DescribeAlarmHistory", ANY)]
        : onAlarm("cloudwatch:DescribeAlarmHistory")(input, context),
    DescribeAlarms: (input, context) =>
      hasComposites(input.AlarmTypes)
        ? [check("cloudwatch:DescribeAlarms", ANY)]
        : onAlarms("cloudwatch:DescribeAlarms")(input, context),
    DescribeAlarmsForMetric: () => [check("cloudwatch:DescribeAlarmsForMetric")],
    DisableAlarmActions: onAlarms("cloudwatch:DisableAlarmActions"),
    EnableAlarmActions: onAlarms("cloudwatch:EnableAlarmActions"),
    GetMetricData: () => [check("cloudwatch:GetMetricData")],
    GetMetricStatistics: () => [check("cloudwatch:GetMetricStatistics")],
    ListMetrics: () => [check("cloudwatch:ListMetrics")],
    ListTagsForResource: ({ ResourceARN }, { scope }) => [
      check("cloudwatch:ListTagsForResource", byArn(scope, ResourceARN ?? "")),
    ],
    PutCompositeAlarm: putting("cloudwatch:PutCompositeAlarm"),
    PutMetricAlarm: putting("cloudwatch:PutMetricAlarm"),
    PutMetricData: ({ Namespace }) => [
      check("cloudwatch:PutMetricData", ANY, { conditions: conditions({ "cloudwatch:namespace": Namespace }) }),
    ],
    SetAlarmState: onAlarm("cloudwatch:SetAlarmState"),
    TagResource: ({ ResourceARN, Tags }, { scope }) => [
      check("cloudwatch:TagResource", byArn(scope, ResourceARN ?? ""), requestTags(Tags)),
    ],
    UntagResource: ({ ResourceARN, TagKeys }, { scope }) => [
      check("cloudwatch:UntagResource", byArn(scope, ResourceARN ?? ""), removedTags(TagKeys)),
    ],
  };
}

function alarmResource({ records }: CloudWatch, scope: Scope, arn: string): AuthorizedResource {
  return {
    arn,
    tags: async () => {
      const name = alarmNameIn(scope, arn);
      return tagValues(name === undefined ? [] : (await records.alarms.get(scopeKey(scope), name))?.tags);
    },
  };
}
