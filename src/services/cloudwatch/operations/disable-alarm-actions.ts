import type { DisableAlarmActionsInput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import { setActionsEnabled } from "../alarms/actions-enabled.ts";
import type { CloudWatch } from "../cloudwatch.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html */
export function disableAlarmActions(cloudwatch: CloudWatch) {
  return async ({ AlarmNames }: DisableAlarmActionsInput, { scope }: RequestContext): Promise<object> => {
    await setActionsEnabled(cloudwatch, scope, AlarmNames!, false);
    return {};
  };
}
