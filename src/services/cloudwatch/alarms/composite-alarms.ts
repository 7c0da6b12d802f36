import { parseScopeKey, scopeKey, type Scope } from "../../../base/scope.ts";
import type { Logger } from "../../../base/log.ts";
import type { AlarmState } from "../../../control/alarm-states.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../../control/record-keys.ts";
import type { Change } from "../../../store/store.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import type { AlarmRecord, CompositeAlarmRecord } from "../records.ts";
import { alarmsIn, holds, parseAlarmRule } from "./alarm-rule.ts";
import { alarmArn, alarmNameIn } from "./arn.ts";
import { jsonText, longTimeText } from "./json-text.ts";
import { changeState } from "./state-change.ts";

/** Evaluates composite alarms, whenever an alarm of their rules changes its state. */
export class CompositeAlarms {
  private readonly cloudwatch: CloudWatch;
  private readonly loop: ReconcileLoop;
  /** By an alarm, the composite alarms whose rules name it. */
  private readonly parents = new Map<string, Set<string>>();
  /** Of the alarms that rules name. */
  private readonly states = new Map<string, AlarmState>();

  constructor(cloudwatch: CloudWatch, log: Logger) {
    this.cloudwatch = cloudwatch;
    this.loop = new ReconcileLoop({
      name: "composite-alarms",
      clock: cloudwatch.clock,
      log,
      debounceMs: 0,
      sources: [storeChanges(cloudwatch.store, (change) => this.concerned(change))],
      unfinished: async () =>
        (await cloudwatch.records.alarms.listAll({ where: { kind: "composite" } })).map(recordKey),
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.parents.clear();
    this.states.clear();
  }

  /** Has an alarm evaluated that was made or changed, or forgotten that was deleted. */
  wake(scope: Scope, alarmName: string): void {
    this.loop.wake(recordKey({ scope: scopeKey(scope), id: alarmName }));
  }

  /** The composite alarms whose rules name an alarm that has got another state. */
  private concerned({ collection, scope, id, values }: Change): Iterable<string> {
    if (collection !== this.cloudwatch.records.alarms.name) return [];
    const key = recordKey({ scope, id });
    const state = values["state"] as AlarmState | undefined;
    const parents = this.parents.get(key);
    if (!parents || this.states.get(key) === state) return [];
    if (state) this.states.set(key, state);
    else this.states.delete(key);
    return parents;
  }

  private async reconcile(key: string): Promise<undefined> {
    const place = placeOf(key);
    const scope = parseScopeKey(place.scope);
    const { store, records } = this.cloudwatch;
    await store.transaction(async () => {
      const alarm = await records.alarms.get(place.scope, place.id);
      if (alarm?.kind !== "composite") return this.forget(key);
      const children = await this.watchChildren(scope, key, alarm);
      // AWS ends there, too: each change would cause the next.
      if (await this.needsItself(scope, alarm, children)) return;
      const latest = children.toSorted(byTransition).at(-1);
      if (alarm.stateSetByHand && !(latest && latest.stateTransitionedAt > alarm.stateUpdatedAt)) return;
      const states = new Map(children.map((child) => [child.alarmName, child.state] as const));
      const isAlarm = holds(parseAlarmRule(alarm.rule), (child) => states.get(childName(scope, child)));
      const state = isAlarm ? "ALARM" : "OK";
      if (state === alarm.state) return;
      const reason = reasonOf(scope, alarm, state, children, latest);
      await changeState(this.cloudwatch, scope, place.id, () => ({ state, ...reason }));
    });
  }

  /** Whether an alarm is in a cycle of rules. */
  private async needsItself(
    scope: Scope,
    { alarmName }: AlarmRecord,
    children: readonly AlarmRecord[],
  ): Promise<boolean> {
    const needed = new Map(children.map((child) => [child.alarmName, child]));
    // The map grows while it is gone through.
    for (const alarm of needed.values()) {
      if (alarm.kind !== "composite") continue;
      for (const each of alarmsIn(parseAlarmRule(alarm.rule))) {
        const name = childName(scope, each);
        const child = needed.has(name) ? undefined : await this.cloudwatch.records.alarms.get(scopeKey(scope), name);
        if (child) needed.set(name, child);
      }
    }
    return needed.has(alarmName);
  }

  private forget(key: string): void {
    for (const parents of this.parents.values()) parents.delete(key);
  }

  private async watchChildren(scope: Scope, key: string, { rule }: CompositeAlarmRecord): Promise<AlarmRecord[]> {
    const children: AlarmRecord[] = [];
    for (const each of alarmsIn(parseAlarmRule(rule))) {
      const name = childName(scope, each);
      const child = await this.cloudwatch.records.alarms.get(scopeKey(scope), name);
      const childKey = recordKey({ scope: scopeKey(scope), id: name });
      this.parents.set(childKey, (this.parents.get(childKey) ?? new Set()).add(key));
      if (!child) continue;
      this.states.set(childKey, child.state);
      children.push(child);
    }
    return children;
  }
}

/** The name of an alarm that a rule names by that or by its ARN. */
export function childName(scope: Scope, nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? (alarmNameIn(scope, nameOrArn) ?? nameOrArn) : nameOrArn;
}

function byTransition(a: AlarmRecord, b: AlarmRecord): number {
  return a.stateTransitionedAt.getTime() - b.stateTransitionedAt.getTime();
}

/** Why a composite alarm gets a state: the alarm that changed last, or its own making or change. */
function reasonOf(
  scope: Scope,
  alarm: CompositeAlarmRecord,
  state: AlarmState,
  children: readonly AlarmRecord[],
  latest: AlarmRecord | undefined,
): { reason: string; reasonData: string } {
  const triggering = (alarms: readonly AlarmRecord[]) =>
    jsonText({
      triggeringAlarms: alarms.map((each) => ({
        arn: alarmArn(scope, each.alarmName),
        state: { value: each.state, timestamp: each.stateTransitionedAt },
      })),
    });
  if (latest && latest.stateTransitionedAt > alarm.configuredAt) {
    const at = longTimeText(latest.stateTransitionedAt);
    const reason = `${alarmArn(scope, latest.alarmName)} transitioned to ${latest.state} at ${at}`;
    return { reason, reasonData: triggering([latest]) };
  }
  const isNew = alarm.stateReasonData === undefined && !alarm.stateSetByHand && alarm.state === "INSUFFICIENT_DATA";
  const arn = alarmArn(scope, alarm.alarmName);
  const reason = `${arn} was ${isNew ? "created" : "updated"} and its alarm rule evaluates to ${state}`;
  return { reason, reasonData: triggering(children) };
}
