import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { AlarmState } from "../../../control/alarm-states.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import type { AlarmRecord } from "../records.ts";
import { addHistory } from "./history.ts";
import { RawJson, type JsonValue } from "./json-text.ts";

export interface NewState {
  state: AlarmState;
  reason: string;
  /** JSON */
  reasonData?: string;
  /** Whether SetAlarmState makes it. */
  byHand?: boolean;
}

/**
 * Gives an alarm a state, and writes what follows into its history: the change, and the actions of the new state, all of
 * which fail, as there is none of the services that they are for.
 * @param decide from the alarm as it is; `undefined` leaves its state
 * @returns the alarm, or `undefined` when there is none
 */
export async function changeState(
  cloudwatch: CloudWatch,
  scope: Scope,
  alarmName: string,
  decide: (alarm: AlarmRecord) => NewState | undefined,
): Promise<AlarmRecord | undefined> {
  const { records, store, clock } = cloudwatch;
  return await store.transaction(async () => {
    const alarm = await records.alarms.get(scopeKey(scope), alarmName);
    const next = alarm && decide(alarm);
    if (!alarm || !next) return alarm;
    const at = new Date(clock.now());
    const moved = next.state !== alarm.state;
    const changed: AlarmRecord = {
      ...alarm,
      state: next.state,
      stateReason: next.reason,
      stateReasonData: next.reasonData,
      stateUpdatedAt: at,
      stateTransitionedAt: moved ? at : alarm.stateTransitionedAt,
      stateSetByHand: next.byHand ?? false,
    };
    await records.alarms.put(scopeKey(scope), alarmName, changed);
    if (!moved) return changed;
    await addHistory(cloudwatch, scope, {
      alarmName,
      kind: alarm.kind,
      type: "StateUpdate",
      at,
      summary: `Alarm updated from ${alarm.state} to ${next.state}`,
      data: { version: "1.0", oldState: stateData(alarm), newState: stateData(changed) },
    });
    if (alarm.actionsEnabled)
      for (const action of alarm.actions[next.state]) await addFailedAction(cloudwatch, scope, changed, action);
    return changed;
  });
}

function stateData({ state, stateReason, stateReasonData }: AlarmRecord): JsonValue {
  return {
    stateValue: state,
    stateReason,
    stateReasonData: stateReasonData === undefined ? undefined : new RawJson(stateReasonData),
  };
}

async function addFailedAction(
  cloudwatch: CloudWatch,
  scope: Scope,
  alarm: AlarmRecord,
  action: string,
): Promise<void> {
  const error = action.startsWith("arn:aws:sns:") ? "Topic does not exist" : "The target of the action does not exist";
  await addHistory(cloudwatch, scope, {
    alarmName: alarm.alarmName,
    kind: alarm.kind,
    type: "Action",
    at: alarm.stateUpdatedAt,
    summary: `Failed to execute action ${action}. Received error: "${error}"`,
    data: {
      actionState: "Failed",
      stateUpdateTimestamp: alarm.stateUpdatedAt.getTime(),
      notificationResource: action,
      error,
    },
  });
}
