import type { SetAlarmStateInput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import { changeState } from "../alarms/state-change.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { alarmNotFound, invalidFormat } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
export function setAlarmState(cloudwatch: CloudWatch) {
  return async (input: SetAlarmStateInput, { scope }: RequestContext): Promise<object> => {
    const { AlarmName, StateValue, StateReason, StateReasonData } = input;
    if (StateReasonData !== undefined && !isJson(StateReasonData))
      throw invalidFormat("StateReasonData was not syntactically valid JSON");
    const alarm = await changeState(cloudwatch, scope, AlarmName!, () => ({
      state: StateValue!,
      reason: StateReason!,
      reasonData: StateReasonData,
      byHand: true,
    }));
    if (!alarm) throw alarmNotFound();
    cloudwatch.metricAlarms.wake(scope, alarm.alarmName);
    return {};
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
