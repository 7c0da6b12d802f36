import type { PutCompositeAlarmInput } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { givenActions } from "../alarms/actions.ts";
import { alarmsIn, AlarmRuleError, parseAlarmRule } from "../alarms/alarm-rule.ts";
import { childName } from "../alarms/composite-alarms.ts";
import { putAlarm } from "../alarms/put-alarm.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { notSupported, validationError } from "../errors.ts";

const UNBUILT = [
  "ActionsSuppressor",
  "ActionsSuppressorWaitPeriod",
  "ActionsSuppressorExtensionPeriod",
  "ActionConfiguration",
] as const;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export function putCompositeAlarm(cloudwatch: CloudWatch) {
  return async (input: PutCompositeAlarmInput, { scope }: RequestContext): Promise<object> => {
    for (const member of UNBUILT) if (input[member] !== undefined) throw notSupported(member);
    const alarmName = input.AlarmName!;
    const rule = input.AlarmRule!;
    const children = namesIn(scope, rule);
    const actions = givenActions(input);
    await cloudwatch.store.transaction(async () => {
      const known = await Promise.all(
        children.map(async (name) => (await cloudwatch.records.alarms.get(scopeKey(scope), name)) !== undefined),
      );
      const unknown = children.filter((_, index) => !known[index]);
      if (unknown.length)
        throw validationError(
          `Could not save the composite alarm as alarms [${unknown.join(", ")}] in the alarm rule do not exist`,
        );
      await putAlarm(cloudwatch, scope, {
        kind: "composite",
        alarmName,
        description: input.AlarmDescription,
        actionsEnabled: input.ActionsEnabled ?? true,
        actions,
        tags: input.Tags ?? [],
        rule,
      });
    });
    cloudwatch.compositeAlarms.wake(scope, alarmName);
    return {};
  };
}

/** @throws AwsError ValidationError for a text that is no rule */
function namesIn(scope: Scope, rule: string): string[] {
  if (rule.trim() !== rule)
    throw validationError("AlarmRule must not contain leading or trailing whitespace or be null");
  try {
    return [...new Set(alarmsIn(parseAlarmRule(rule)).map((each) => childName(scope, each)))];
  } catch (cause) {
    throw cause instanceof AlarmRuleError ? validationError(cause.message) : cause;
  }
}
