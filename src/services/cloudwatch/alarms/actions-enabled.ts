import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { addConfigurationUpdate } from "./put-alarm.ts";

/** Switches the actions of alarms on or off. Names that no alarm has are passed over, as on AWS. */
export async function setActionsEnabled(
  cloudwatch: CloudWatch,
  scope: Scope,
  alarmNames: readonly string[],
  actionsEnabled: boolean,
): Promise<void> {
  const { records, store, clock } = cloudwatch;
  await store.transaction(async () => {
    for (const alarmName of new Set(alarmNames)) {
      const alarm = await records.alarms.get(scopeKey(scope), alarmName);
      if (!alarm || alarm.actionsEnabled === actionsEnabled) continue;
      const changed = { ...alarm, actionsEnabled, configuredAt: new Date(clock.now()) };
      await records.alarms.put(scopeKey(scope), alarmName, changed);
      await addConfigurationUpdate(cloudwatch, scope, changed, "updated");
    }
  });
}
