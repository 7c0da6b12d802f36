import type { Scope } from "../../../base/scope.ts";
import type { AlarmRecord, MetricAlarmDefinition } from "../records.ts";
import { alarmArn } from "./arn.ts";
import { Double, type JsonValue } from "./json-text.ts";

/** An alarm as the items of its history show it. */
export function configurationData(scope: Scope, alarm: AlarmRecord): JsonValue {
  return {
    alarmName: alarm.alarmName,
    alarmDescription: alarm.description ?? "",
    alarmArn: alarmArn(scope, alarm.alarmName),
    alarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    ...(alarm.kind === "metric" ? metricData(alarm.definition) : { alarmRule: alarm.rule }),
    stateValue: alarm.state,
    stateUpdatedTimestamp: alarm.stateUpdatedAt,
    actionsEnabled: alarm.actionsEnabled,
    okActions: alarm.actions.OK,
    alarmActions: alarm.actions.ALARM,
    insufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
  };
}

function metricData(definition: MetricAlarmDefinition): { [name: string]: JsonValue | undefined } {
  return {
    namespace: definition.Namespace,
    metricName: definition.MetricName,
    statistic: definition.Statistic,
    extendedStatistic: definition.ExtendedStatistic,
    period: definition.Period,
    dimensions: definition.Dimensions?.map(({ Name, Value }) => ({ value: Value, name: Name })),
    unit: definition.Unit,
    metrics: definition.Metrics?.map(({ Id, Expression, MetricStat, Label, ReturnData }) => ({
      id: Id,
      expression: Expression,
      label: Label,
      metricStat: MetricStat && {
        metric: {
          namespace: MetricStat.Metric?.Namespace,
          name: MetricStat.Metric?.MetricName,
          dimensions: Object.fromEntries(
            (MetricStat.Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value] as const),
          ),
        },
        period: MetricStat.Period,
        stat: MetricStat.Stat,
      },
      returnData: ReturnData ?? true,
    })),
    threshold: definition.Threshold === undefined ? undefined : new Double(definition.Threshold),
    comparisonOperator: definition.ComparisonOperator,
    evaluationPeriods: definition.EvaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm,
    treatMissingData: definition.TreatMissingData,
    evaluateLowSampleCountPercentile: definition.EvaluateLowSampleCountPercentile,
  };
}
