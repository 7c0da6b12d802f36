import type { CompositeAlarm, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "../../../base/scope.ts";
import type { AlarmRecord, CompositeAlarmRecord, MetricAlarmRecord } from "../records.ts";
import { alarmArn } from "./arn.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
export function metricAlarmView(scope: Scope, alarm: MetricAlarmRecord): MetricAlarm {
  const { definition } = alarm;
  // Alarms on metric math have a list of no dimensions, too.
  return { ...commonView(scope, alarm), ...definition, Dimensions: definition.Dimensions ?? [] };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html */
export function compositeAlarmView(scope: Scope, alarm: CompositeAlarmRecord): CompositeAlarm {
  return { ...commonView(scope, alarm), AlarmRule: alarm.rule };
}

function commonView(scope: Scope, alarm: AlarmRecord) {
  return {
    AlarmName: alarm.alarmName,
    AlarmArn: alarmArn(scope, alarm.alarmName),
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: alarm.stateUpdatedAt,
    StateTransitionedTimestamp: alarm.stateTransitionedAt,
  };
}
