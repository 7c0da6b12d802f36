import type { DescribeAlarmsInput, DescribeAlarmsOutput } from "@aws-sdk/client-cloudwatch";
import { pageOf } from "../../../base/page.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { alarmsIn, parseAlarmRule } from "../alarms/alarm-rule.ts";
import { alarmArn } from "../alarms/arn.ts";
import { childName } from "../alarms/composite-alarms.ts";
import { compositeAlarmView, metricAlarmView } from "../alarms/views.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { alarmNotFound, invalidNextToken, validationError } from "../errors.ts";
import type { AlarmRecord } from "../records.ts";

const DEFAULT_RECORDS = 50;
/** What goes with the parents or the children of an alarm. */
const OF_RELATIVES: ReadonlySet<string> = new Set([
  "ParentsOfAlarmName",
  "ChildrenOfAlarmName",
  "MaxRecords",
  "NextToken",
]);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export function describeAlarms(cloudwatch: CloudWatch) {
  return async (input: DescribeAlarmsInput, { scope }: RequestContext): Promise<DescribeAlarmsOutput> => {
    const { ParentsOfAlarmName, ChildrenOfAlarmName, MaxRecords, NextToken } = input;
    checkCombination(input);
    const found =
      ParentsOfAlarmName !== undefined
        ? await parentsOf(cloudwatch, scope, ParentsOfAlarmName)
        : ChildrenOfAlarmName !== undefined
          ? await childrenOf(cloudwatch, scope, ChildrenOfAlarmName)
          : await chosen(cloudwatch, scope, input);
    const list = `alarms ${JSON.stringify({ ...input, NextToken: undefined, MaxRecords: undefined })}`;
    const { items, next } = pageOf(
      found,
      { list, limit: MaxRecords ?? DEFAULT_RECORDS, token: NextToken, invalidToken: invalidNextToken },
      ({ alarmName }) => alarmName,
    );
    const shown = viewsFor(input, scope, items);
    return { ...shown, ...(next === undefined ? {} : { NextToken: next }) };
  };
}

function checkCombination(input: DescribeAlarmsInput): void {
  const { AlarmNames, AlarmNamePrefix, ParentsOfAlarmName, ChildrenOfAlarmName } = input;
  if (AlarmNames?.length && AlarmNamePrefix !== undefined)
    throw validationError("AlarmNamePrefix and AlarmNames cannot be specified together.");
  const relatives = [ParentsOfAlarmName, ChildrenOfAlarmName].filter((name) => name !== undefined).length;
  const others = Object.entries(input).filter(([name, value]) => value !== undefined && !OF_RELATIVES.has(name));
  if (relatives > 1 || (relatives && others.length))
    throw validationError(
      "ParentsOfAlarmName and ChildrenOfAlarmName go with no other parameters than MaxRecords and NextToken.",
    );
}

/** By name. */
async function chosen(
  { records }: CloudWatch,
  scope: Scope,
  { AlarmNames, AlarmNamePrefix = "", AlarmTypes = ["MetricAlarm"], StateValue, ActionPrefix }: DescribeAlarmsInput,
): Promise<AlarmRecord[]> {
  const kinds = [
    ...(AlarmTypes.includes("MetricAlarm") ? ["metric"] : []),
    ...(AlarmTypes.includes("CompositeAlarm") ? ["composite"] : []),
  ];
  const all = AlarmNames?.length
    ? await named(records, scope, AlarmNames)
    : await records.alarms.list(scopeKey(scope), { where: { kind: kinds } });
  return all.filter(
    ({ alarmName, kind, state, actions }) =>
      kinds.includes(kind) &&
      (StateValue === undefined || state === StateValue) &&
      alarmName.startsWith(AlarmNamePrefix) &&
      (ActionPrefix === undefined ||
        Object.values(actions).some((arns) => arns.some((arn) => arn.startsWith(ActionPrefix)))),
  );
}

async function parentsOf({ records }: CloudWatch, scope: Scope, alarmName: string): Promise<AlarmRecord[]> {
  const composites = await records.alarms.list(scopeKey(scope), { where: { kind: "composite" } });
  return composites.filter(
    (alarm) =>
      alarm.kind === "composite" &&
      alarmsIn(parseAlarmRule(alarm.rule)).some((child) => childName(scope, child) === alarmName),
  );
}

async function childrenOf({ records }: CloudWatch, scope: Scope, alarmName: string): Promise<AlarmRecord[]> {
  const alarm = await records.alarms.get(scopeKey(scope), alarmName);
  if (!alarm) throw alarmNotFound();
  if (alarm.kind !== "composite") return [];
  return await named(
    records,
    scope,
    alarmsIn(parseAlarmRule(alarm.rule)).map((child) => childName(scope, child)),
  );
}

/** Those that are there, by name. */
async function named(
  { alarms }: CloudWatch["records"],
  scope: Scope,
  names: readonly string[],
): Promise<AlarmRecord[]> {
  const sorted = [...new Set(names)].toSorted();
  const found = await Promise.all(sorted.map((name) => alarms.get(scopeKey(scope), name)));
  return found.filter((alarm) => alarm !== undefined);
}

/** Of relatives, a few members are shown. */
function viewsFor(
  { ParentsOfAlarmName, ChildrenOfAlarmName }: DescribeAlarmsInput,
  scope: Scope,
  alarms: readonly AlarmRecord[],
): Pick<DescribeAlarmsOutput, "MetricAlarms" | "CompositeAlarms"> {
  const name = ({ alarmName }: AlarmRecord) => ({ AlarmName: alarmName, AlarmArn: alarmArn(scope, alarmName) });
  if (ParentsOfAlarmName !== undefined) return { MetricAlarms: [], CompositeAlarms: alarms.map(name) };
  if (ChildrenOfAlarmName !== undefined) {
    const state = (alarm: AlarmRecord) => ({
      ...name(alarm),
      StateValue: alarm.state,
      StateUpdatedTimestamp: alarm.stateUpdatedAt,
    });
    const of = (kind: AlarmRecord["kind"]) => alarms.filter((alarm) => alarm.kind === kind).map(state);
    return { MetricAlarms: of("metric"), CompositeAlarms: of("composite") };
  }
  return {
    MetricAlarms: alarms.flatMap((alarm) => (alarm.kind === "metric" ? [metricAlarmView(scope, alarm)] : [])),
    CompositeAlarms: alarms.flatMap((alarm) => (alarm.kind === "composite" ? [compositeAlarmView(scope, alarm)] : [])),
  };
}
