import type { MetricAlarm, Tag } from "@aws-sdk/client-cloudwatch";
import type { AlarmState } from "../../control/alarm-states.ts";

/** What a metric alarm watches and when it goes off, as it was given. */
export type MetricAlarmDefinition = Pick<
  MetricAlarm,
  | "MetricName"
  | "Namespace"
  | "Statistic"
  | "ExtendedStatistic"
  | "Dimensions"
  | "Period"
  | "Unit"
  | "EvaluationPeriods"
  | "DatapointsToAlarm"
  | "Threshold"
  | "ComparisonOperator"
  | "TreatMissingData"
  | "EvaluateLowSampleCountPercentile"
  | "Metrics"
>;

interface AlarmCommon {
  alarmName: string;
  description?: string;
  configuredAt: Date;
  actionsEnabled: boolean;
  /** ARNs by the state that they are for. */
  actions: Record<AlarmState, string[]>;
  state: AlarmState;
  stateReason: string;
  stateReasonData?: string;
  stateUpdatedAt: Date;
  stateTransitionedAt: Date;
  /** Whether SetAlarmState made the state, and no evaluation since. */
  stateSetByHand?: boolean;
  tags: Tag[];
}

export interface MetricAlarmRecord extends AlarmCommon {
  kind: "metric";
  definition: MetricAlarmDefinition;
}

export interface CompositeAlarmRecord extends AlarmCommon {
  kind: "composite";
  rule: string;
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord;

/** An item of an alarm's history. It stays when the alarm is deleted. */
export interface HistoryRecord {
  alarmName: string;
  kind: AlarmRecord["kind"];
  type: "ConfigurationUpdate" | "StateUpdate" | "Action";
  at: Date;
  summary: string;
  /** JSON */
  data: string;
}
