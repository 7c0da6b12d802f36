import type { Scope } from "../base/scope.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html, StateValue */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What deployments need of CloudWatch: how its alarms are doing, and when that changes. */
export interface AlarmStates {
  /** The states of the alarms with these names; those that do not exist are left out. */
  states(scope: Scope, alarmNames: readonly string[]): Promise<Map<string, AlarmState>>;
  /** How long the slowest of these alarms takes to notice something: its periods together. 0 when there is none. */
  evaluationMs(scope: Scope, alarmNames: readonly string[]): Promise<number>;
  /**
   * Calls after each change of an alarm's state, its making and its deletion included; after the change is committed.
   * @returns ends it
   */
  onChange(listener: (scope: Scope, alarmName: string) => void): () => void;
}
