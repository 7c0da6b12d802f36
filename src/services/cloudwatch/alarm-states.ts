import { parseScopeKey, scopeKey, type Scope } from "../../base/scope.ts";
import type { AlarmStates } from "../../control/alarm-states.ts";
import { periodOf } from "./alarms/alarm-data.ts";
import { alarmsIn, parseAlarmRule } from "./alarms/alarm-rule.ts";
import { childName } from "./alarms/composite-alarms.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import type { MetricAlarmRecord } from "./records.ts";

/** What deployments see of alarms. A listener is also called for changes of an alarm that leave its state. */
export function alarmStates({ store, records: { alarms } }: CloudWatch): AlarmStates {
  return {
    async states(scope, alarmNames) {
      const found = await Promise.all(
        [...new Set(alarmNames)].map(async (name) => [name, (await alarms.get(scopeKey(scope), name))?.state] as const),
      );
      return new Map(found.flatMap(([name, state]) => (state ? [[name, state]] : [])));
    },
    async evaluationMs(scope, alarmNames) {
      const seen = new Set(alarmNames);
      let slowest = 0;
      // Composite alarms are as slow as those of their rules, which come to the end of the set.
      for (const name of seen) {
        const alarm = await alarms.get(scopeKey(scope), name);
        if (alarm?.kind === "metric") slowest = Math.max(slowest, evaluationSeconds(scope, alarm) * 1000);
        else if (alarm) for (const child of alarmsIn(parseAlarmRule(alarm.rule))) seen.add(childName(scope, child));
      }
      return slowest;
    },
    onChange: (listener) =>
      store.onChange(({ collection, scope, id }) => {
        if (collection === alarms.name) listener(parseScopeKey(scope), id);
      }),
  };
}

/** A metric alarm's periods together. */
function evaluationSeconds(scope: Scope, { definition }: MetricAlarmRecord): number {
  return periodOf(scope, definition) * definition.EvaluationPeriods!;
}
