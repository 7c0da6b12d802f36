import type { DeleteAlarmsInput } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { alarmsIn, parseAlarmRule } from "../alarms/alarm-rule.ts";
import { childName } from "../alarms/composite-alarms.ts";
import { configurationData } from "../alarms/configuration-data.ts";
import { addHistory } from "../alarms/history.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { alarmNotFound, validationError } from "../errors.ts";
import type { AlarmRecord } from "../records.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
export function deleteAlarms(cloudwatch: CloudWatch) {
  const { records, store, clock } = cloudwatch;
  return async ({ AlarmNames }: DeleteAlarmsInput, { scope }: RequestContext): Promise<object> => {
    const names = [...new Set(AlarmNames!)];
    await store.transaction(async () => {
      const alarms: AlarmRecord[] = [];
      for (const name of names) {
        const alarm = await records.alarms.get(scopeKey(scope), name);
        if (!alarm) throw alarmNotFound();
        alarms.push(alarm);
      }
      if (alarms.filter(({ kind }) => kind === "composite").length > 1)
        throw validationError("You can delete at most one composite alarm in one operation.");
      await refuseNeeded(cloudwatch, scope, new Set(names));
      for (const alarm of alarms) {
        await records.alarms.delete(scopeKey(scope), alarm.alarmName);
        await addHistory(cloudwatch, scope, {
          alarmName: alarm.alarmName,
          kind: alarm.kind,
          type: "ConfigurationUpdate",
          at: new Date(clock.now()),
          summary: `Alarm "${alarm.alarmName}" deleted`,
          data: { version: "1.0", type: "Delete", deletedAlarm: configurationData(scope, alarm) },
        });
      }
    });
    for (const name of names) {
      cloudwatch.compositeAlarms.wake(scope, name);
      cloudwatch.metricAlarms.wake(scope, name);
    }
    return {};
  };
}

/** @throws AwsError ValidationError when a composite alarm that stays has one of them in its rule */
async function refuseNeeded({ records }: CloudWatch, scope: Scope, names: ReadonlySet<string>): Promise<void> {
  const needed = new Set<string>();
  for (const parent of await records.alarms.list(scopeKey(scope), { where: { kind: "composite" } }))
    if (parent.kind === "composite" && !names.has(parent.alarmName))
      for (const child of alarmsIn(parseAlarmRule(parent.rule))) needed.add(childName(scope, child));
  const blocked = [...names].filter((name) => needed.has(name));
  const them = blocked.length === 1 ? "it" : "them";
  if (blocked.length)
    throw validationError(`Cannot delete ${blocked.join(",")} as there are composite alarm(s) depending on ${them}.`);
}
