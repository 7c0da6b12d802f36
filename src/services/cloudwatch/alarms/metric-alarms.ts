import { parseScopeKey, scopeKey, type Scope } from "../../../base/scope.ts";
import type { Logger } from "../../../base/log.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { placeOf, recordKey } from "../../../control/record-keys.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { metricKey, type MetricId } from "../metrics/metric-id.ts";
import { percentOf } from "../metrics/statistic.ts";
import type { MetricAlarmDefinition, MetricAlarmRecord } from "../records.ts";
import { evaluationStep, periodOf, rangeOf, readRange, watchedMetrics } from "./alarm-data.ts";
import { evaluate, type Criteria, type MissingData } from "./evaluation.ts";
import { changeState } from "./state-change.ts";
import { stateReason, stateReasonData } from "./state-reason.ts";

/** After the end of a period, so that what is published at its end counts; and spread, as all end at the same time. */
const SETTLE_MS = 500;
const SPREAD_MS = 2000;
/** So long a state stays at the least that SetAlarmState made. */
const BY_HAND_MS = 10_000;

/**
 * Evaluates metric alarms: at the end of each period while there is data in their evaluation range. Without any, nothing
 * can change, and an alarm sleeps until one of its metrics gets data.
 */
export class MetricAlarms {
  private readonly cloudwatch: CloudWatch;
  private readonly loop: ReconcileLoop;
  /** The alarms that wait for data of a metric. */
  private readonly sleeping = new Map<string, Set<string>>();

  constructor(cloudwatch: CloudWatch, log: Logger) {
    this.cloudwatch = cloudwatch;
    this.loop = new ReconcileLoop({
      name: "metric-alarms",
      clock: cloudwatch.clock,
      log,
      debounceMs: 0,
      // Also those that had their time while the engine was down.
      unfinished: async () => (await cloudwatch.records.alarms.listAll({ where: { kind: "metric" } })).map(recordKey),
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.sleeping.clear();
  }

  /** Has an alarm evaluated that was made or changed, or forgotten that was deleted. */
  wake(scope: Scope, alarmName: string): void {
    this.loop.wake(recordKey({ scope: scopeKey(scope), id: alarmName }));
  }

  /** Wakes the alarms that wait for data of these metrics. */
  dataCame(scope: Scope, metrics: Iterable<MetricId>): void {
    for (const metric of metrics) {
      const key = metricKey(scope, metric);
      const alarms = this.sleeping.get(key);
      this.sleeping.delete(key);
      for (const alarm of alarms ?? []) this.loop.wake(alarm);
    }
  }

  private async reconcile(key: string): Promise<number | undefined> {
    const { records, clock } = this.cloudwatch;
    const place = placeOf(key);
    const scope = parseScopeKey(place.scope);
    const alarm = await records.alarms.get(place.scope, place.id);
    if (alarm?.kind !== "metric") return this.forget(key);
    const now = clock.now();
    const heldUntil = alarm.stateSetByHand ? alarm.stateUpdatedAt.getTime() + BY_HAND_MS : 0;
    const step = evaluationStep(periodOf(scope, alarm.definition)) * 1000;
    const next = nextEvaluation(key, step, Math.max(now, heldUntil));
    if (now < heldUntil) return next;
    const settled = await this.evaluate(scope, alarm, now);
    return settled && this.sleep(scope, key, alarm, now) ? undefined : next;
  }

  private forget(key: string): undefined {
    for (const [metric, alarms] of this.sleeping) {
      alarms.delete(key);
      if (!alarms.size) this.sleeping.delete(metric);
    }
  }

  /** @returns false when the alarm was changed meanwhile, so that it must be looked at again */
  private async evaluate(scope: Scope, alarm: MetricAlarmRecord, now: number): Promise<boolean> {
    const { definition } = alarm;
    const range = await readRange(this.cloudwatch.metrics, scope, definition, Math.floor(now / 1000));
    const criteria = criteriaOf(definition);
    const found = evaluate(range, criteria);
    if (!found || found.state === alarm.state) return true;
    let current = true;
    await changeState(this.cloudwatch, scope, alarm.alarmName, (latest) => {
      current =
        latest.configuredAt.getTime() === alarm.configuredAt.getTime() &&
        latest.stateUpdatedAt.getTime() === alarm.stateUpdatedAt.getTime();
      if (!current) return undefined;
      return {
        state: found.state,
        reason: stateReason(found, criteria, definition.DatapointsToAlarm !== undefined),
        reasonData: stateReasonData({
          queryDate: new Date(now),
          unit: definition.Unit,
          statistic: definition.Statistic ?? definition.ExtendedStatistic,
          period: periodOf(scope, definition),
          threshold: criteria.threshold,
          range,
          periods: criteria.periods,
        }),
      };
    });
    return current;
  }

  /** Lets an alarm sleep when its metrics have no data from its evaluation range on. Returns whether it does. */
  private sleep(scope: Scope, key: string, { definition }: MetricAlarmRecord, now: number): boolean {
    const { metrics } = this.cloudwatch;
    const watched = watchedMetrics(scope, definition);
    const begin = rangeOf(scope, definition, Math.floor(now / 1000)).start;
    if (watched.some((metric) => (metrics.latest(scope, metric) ?? Number.NEGATIVE_INFINITY) >= begin)) return false;
    for (const metric of watched) {
      const wanted = metricKey(scope, metric);
      this.sleeping.set(wanted, (this.sleeping.get(wanted) ?? new Set()).add(key));
    }
    return true;
  }
}

/** When an alarm is evaluated next, milliseconds since 1970. */
function nextEvaluation(key: string, stepMs: number, after: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) % SPREAD_MS;
  const spread = stepMs < 60_000 ? 0 : hash;
  return (Math.floor(after / stepMs) + 1) * stepMs + SETTLE_MS + spread;
}

/** What an alarm's definition says, with its defaults. */
function criteriaOf(definition: MetricAlarmDefinition): Criteria {
  const { EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData } = definition;
  const byDefault: MissingData = definition.Namespace === "AWS/DynamoDB" ? "ignore" : "missing";
  return {
    periods: EvaluationPeriods!,
    toAlarm: DatapointsToAlarm ?? EvaluationPeriods!,
    threshold: Threshold!,
    operator: ComparisonOperator!,
    missing: (TreatMissingData as MissingData | undefined) ?? byDefault,
    leastSamples: leastSamples(definition),
  };
}

/**
 * How many samples a percentile needs to tell something.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 */
function leastSamples(definition: MetricAlarmDefinition): number | undefined {
  const percent = percentOf(definition.ExtendedStatistic ?? "");
  if (percent === undefined || definition.EvaluateLowSampleCountPercentile !== "ignore") return undefined;
  const part = percent / 100;
  return part >= 0.5 ? 10 / (1 - part) : 10 / part;
}
