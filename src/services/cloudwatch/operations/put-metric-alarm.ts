import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import { givenActions } from "../alarms/actions.ts";
import { checkedDefinition } from "../alarms/definition-checks.ts";
import { putAlarm } from "../alarms/put-alarm.ts";
import type { CloudWatch } from "../cloudwatch.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function putMetricAlarm(cloudwatch: CloudWatch) {
  return async (input: PutMetricAlarmInput, { scope }: RequestContext): Promise<object> => {
    const alarmName = input.AlarmName!;
    const definition = checkedDefinition(scope, input);
    const actions = givenActions(input);
    await cloudwatch.store.transaction(() =>
      putAlarm(cloudwatch, scope, {
        kind: "metric",
        alarmName,
        description: input.AlarmDescription,
        actionsEnabled: input.ActionsEnabled ?? true,
        actions,
        tags: input.Tags ?? [],
        definition,
      }),
    );
    cloudwatch.metricAlarms.wake(scope, alarmName);
    return {};
  };
}
