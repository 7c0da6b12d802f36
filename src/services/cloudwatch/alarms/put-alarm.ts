import type { Tag } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { AlarmState } from "../../../control/alarm-states.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { alarmLimitExceeded, validationError } from "../errors.ts";
import type { AlarmRecord, CompositeAlarmRecord, MetricAlarmRecord } from "../records.ts";
import { withTags } from "../tags.ts";
import { configurationData } from "./configuration-data.ts";
import { addHistory } from "./history.ts";

/** Of an account and Region: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_ALARMS = 5000;

interface Common {
  alarmName: string;
  description: string | undefined;
  actionsEnabled: boolean;
  actions: Record<AlarmState, string[]>;
  tags: readonly Tag[];
}

/** An alarm as a request gives it. */
export type GivenAlarm = Common &
  (
    | { kind: "metric"; definition: MetricAlarmRecord["definition"] }
    | { kind: "composite"; rule: CompositeAlarmRecord["rule"] }
  );

/**
 * Makes an alarm in the caller's transaction, or gives one that exists a new configuration and leaves its state and its tags.
 * @throws AwsError ValidationError when there is one of the other kind by that name; LimitExceeded
 */
export async function putAlarm(cloudwatch: CloudWatch, scope: Scope, given: GivenAlarm): Promise<void> {
  const { records, clock } = cloudwatch;
  const at = new Date(clock.now());
  const { alarmName } = given;
  const earlier = await records.alarms.get(scopeKey(scope), alarmName);
  if (earlier && earlier.kind !== given.kind)
    throw validationError(`Alarm ${alarmName} already exists as an alarm of another type.`);
  if (!earlier && (await records.alarms.count(scopeKey(scope))) >= MAX_ALARMS) throw alarmLimitExceeded(MAX_ALARMS);
  const alarm: AlarmRecord = { ...given, ...(earlier ? keptOf(earlier) : newState(given, at)), configuredAt: at };
  await records.alarms.put(scopeKey(scope), alarmName, alarm);
  await addConfigurationUpdate(cloudwatch, scope, alarm, earlier ? "updated" : "created");
}

/** Tells an alarm's history of its configuration, in the transaction of the change. */
export async function addConfigurationUpdate(
  cloudwatch: CloudWatch,
  scope: Scope,
  alarm: AlarmRecord,
  done: "created" | "updated",
): Promise<void> {
  const configuration = configurationData(scope, alarm);
  await addHistory(cloudwatch, scope, {
    alarmName: alarm.alarmName,
    kind: alarm.kind,
    type: "ConfigurationUpdate",
    at: alarm.configuredAt,
    summary: `Alarm "${alarm.alarmName}" ${done}`,
    data:
      done === "updated"
        ? { version: "1.0", type: "Update", updatedAlarm: configuration }
        : { version: "1.0", type: "Create", createdAlarm: configuration },
  });
}

type Kept = Pick<
  AlarmRecord,
  "state" | "stateReason" | "stateReasonData" | "stateUpdatedAt" | "stateTransitionedAt" | "stateSetByHand" | "tags"
>;

function newState({ tags }: GivenAlarm, at: Date): Kept {
  return {
    state: "INSUFFICIENT_DATA",
    stateReason: "Unchecked: Initial alarm creation",
    stateUpdatedAt: at,
    stateTransitionedAt: at,
    tags: withTags([], tags),
  };
}

/** What a new configuration leaves as it is. */
function keptOf(alarm: AlarmRecord): Kept {
  const { state, stateReason, stateReasonData, stateUpdatedAt, stateTransitionedAt, stateSetByHand, tags } = alarm;
  return { state, stateReason, stateReasonData, stateUpdatedAt, stateTransitionedAt, stateSetByHand, tags };
}
