import type { Scope } from "../../../base/scope.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { Series } from "../math/value.ts";
import { metricId, type MetricId } from "../metrics/metric-id.ts";
import { evaluatorOf, readQueries, readSeries } from "../metrics/queries.ts";
import { readPeriods, units, type Periods } from "../metrics/series.ts";
import { needsValues, statisticNamed } from "../metrics/statistic.ts";
import type { MetricAlarmDefinition } from "../records.ts";
import { evaluationRange, type Point } from "./evaluation.ts";

const MINUTE = 60;

/** Every so many seconds alarms of a period are evaluated; their periods end at multiples of it. */
export function evaluationStep(period: number): number {
  return Math.min(period, MINUTE);
}

/** The metrics that an alarm watches. */
export function watchedMetrics(scope: Scope, definition: MetricAlarmDefinition): MetricId[] {
  if (!definition.Metrics) return [metricId(definition.Namespace!, definition.MetricName!, definition.Dimensions)];
  return [...readQueries(scope, definition.Metrics, "Metrics").metrics.values()].map(({ metric }) => metric);
}

/** The period of an alarm in seconds: of alarms on metric math, that of their metrics. */
export function periodOf(scope: Scope, { Period, Metrics }: MetricAlarmDefinition): number {
  if (Period !== undefined) return Period;
  return readQueries(scope, Metrics!, "Metrics").period;
}

/** The evaluation range of an alarm at a time; all in seconds. */
export function rangeOf(scope: Scope, definition: MetricAlarmDefinition, nowSeconds: number): Periods {
  const period = periodOf(scope, definition);
  const step = evaluationStep(period);
  const end = Math.floor(nowSeconds / step) * step;
  return { start: end - evaluationRange(definition.EvaluationPeriods!) * period, end, period };
}

/** What there is in the evaluation range of an alarm, at a time in seconds since 1970: the latest period first. */
export async function readRange(
  store: MetricStore,
  scope: Scope,
  definition: MetricAlarmDefinition,
  nowSeconds: number,
): Promise<Point[]> {
  const periods = rangeOf(scope, definition, nowSeconds);
  const reading = { store, scope, definition, periods, nowSeconds };
  const found = await (definition.Metrics ? mathPoints(reading) : metricPoints(reading));
  return Array.from({ length: evaluationRange(definition.EvaluationPeriods!) }, (_, index) => {
    const time = periods.end - (index + 1) * periods.period;
    return { time: time * 1000, value: undefined, ...found.get(time) };
  });
}

/** What is read, and when. */
interface Reading {
  store: MetricStore;
  scope: Scope;
  definition: MetricAlarmDefinition;
  periods: Periods;
  nowSeconds: number;
}

type Found = ReadonlyMap<number, Pick<Point, "value" | "sampleCount">>;

async function metricPoints({ store, scope, definition, periods, nowSeconds }: Reading): Promise<Found> {
  const [metric] = watchedMetrics(scope, definition);
  const name = definition.Statistic ?? definition.ExtendedStatistic ?? "";
  const statistic = statisticNamed(name)!;
  const wanted = { unit: definition.Unit, withValues: needsValues(name) };
  const found = await readPeriods(store, scope, metric!, periods, nowSeconds, wanted);
  const [unit] = units(found);
  return new Map(
    found
      .filter((each) => each.unit === unit)
      .map(({ time, summary }) => [time, { value: statistic(summary), sampleCount: summary.count }] as const),
  );
}

/** @throws MathError for expressions that have no time series as their value */
async function mathPoints({ store, scope, definition, periods, nowSeconds }: Reading): Promise<Found> {
  const queries = readQueries(scope, definition.Metrics!, "Metrics");
  const metrics = new Map<string, Series>();
  for (const query of queries.metrics.values())
    metrics.set(query.id, await readSeries(store, scope, query, periods, nowSeconds));
  const [series] = evaluatorOf(queries, metrics, periods).seriesOf(queries.returned[0]!);
  return new Map([...(series?.points ?? [])].map(([time, value]) => [time, { value }] as const));
}
