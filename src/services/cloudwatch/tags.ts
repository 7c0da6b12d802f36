import type { Tag } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { alarmNameIn } from "./alarms/arn.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import { invalidValue, resourceNotFound } from "./errors.ts";
import type { AlarmRecord } from "./records.ts";

const MAX_TAGS = 50;

/** Tags with others added or replaced. @throws AwsError InvalidParameterValue for more than 50, and for those of AWS */
export function withTags(tags: readonly Tag[], more: readonly Tag[]): Tag[] {
  if (more.some(({ Key }) => Key!.toLowerCase().startsWith("aws:")))
    throw invalidValue("Tag keys starting with 'aws:' are reserved for system use.");
  const all = new Map([...tags, ...more].map(({ Key, Value }) => [Key, { Key, Value }]));
  if (all.size > MAX_TAGS) throw invalidValue(`A resource can have ${MAX_TAGS} tags at most.`);
  return [...all.values()];
}

/** @throws AwsError ResourceNotFoundException */
export async function taggedAlarm({ records }: CloudWatch, scope: Scope, arn: string): Promise<AlarmRecord> {
  const name = alarmNameIn(scope, arn);
  const alarm = name === undefined ? undefined : await records.alarms.get(scopeKey(scope), name);
  if (!alarm) throw resourceNotFound(arn);
  return alarm;
}

/**
 * Changes the tags of an alarm.
 * @throws AwsError ResourceNotFoundException, and what `change` throws
 */
export async function changeTags(
  cloudwatch: CloudWatch,
  scope: Scope,
  arn: string,
  change: (tags: Tag[]) => Tag[],
): Promise<void> {
  await cloudwatch.store.transaction(async () => {
    const alarm = await taggedAlarm(cloudwatch, scope, arn);
    await cloudwatch.records.alarms.put(scopeKey(scope), alarm.alarmName, { ...alarm, tags: change(alarm.tags) });
  });
}
