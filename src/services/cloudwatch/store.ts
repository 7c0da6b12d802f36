import type { Store } from "../../store/store.ts";
import type { AlarmRecord, HistoryRecord } from "./records.ts";

/** The collections of the CloudWatch service. Metrics are in a file of their own. */
export function cloudWatchCollections(store: Store) {
  return {
    /** By name: metric alarms and composite alarms share their names. */
    alarms: store.collection<AlarmRecord, "kind" | "state" | "namespace" | "metricName">({
      name: "cloudwatch_alarm",
      columns: { kind: "text", state: "text", namespace: "text", metricName: "text" },
      values: (alarm) => ({
        kind: alarm.kind,
        state: alarm.state,
        namespace: alarm.kind === "metric" ? (alarm.definition.Namespace ?? null) : null,
        metricName: alarm.kind === "metric" ? (alarm.definition.MetricName ?? null) : null,
      }),
    }),
    /** By ids that rise with the time. */
    history: store.collection<HistoryRecord, "alarmName" | "kind" | "type" | "at">({
      name: "cloudwatch_alarm_history",
      columns: { alarmName: "text", kind: "text", type: "text", at: "integer" },
      // What is too old is looked for in all scopes.
      indexes: [["scope", "alarmName"], ["at"]],
      values: ({ alarmName, kind, type, at }) => ({ alarmName, kind, type, at: at.getTime() }),
    }),
  };
}

export type CloudWatchCollections = ReturnType<typeof cloudWatchCollections>;
