import type { EnableAlarmActionsInput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import { setActionsEnabled } from "../alarms/actions-enabled.ts";
import type { CloudWatch } from "../cloudwatch.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export function enableAlarmActions(cloudwatch: CloudWatch) {
  return async ({ AlarmNames }: EnableAlarmActionsInput, { scope }: RequestContext): Promise<object> => {
    await setActionsEnabled(cloudwatch, scope, AlarmNames!, true);
    return {};
  };
}
