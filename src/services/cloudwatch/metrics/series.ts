import type { Scope } from "../../../base/scope.ts";
import type { MetricId } from "./metric-id.ts";
import type { MetricStore } from "./metric-store.ts";
import { oldestFor } from "./retention.ts";
import { together, type Summary } from "./summary.ts";

/** Periods one after the other; all in seconds. The last may be cut off by the end. */
export interface Periods {
  start: number;
  /** Exclusive. */
  end: number;
  period: number;
}

/** Where a period begins, with what is known of it in one unit. */
export interface PeriodSummary {
  time: number;
  unit: string;
  summary: Summary;
}

/** The periods that have data, by time and unit. */
export function readPeriods(
  metrics: MetricStore,
  scope: Scope,
  metric: MetricId,
  { start, end, period }: Periods,
  nowSeconds: number,
  unit?: string,
): PeriodSummary[] {
  const from = Math.max(start, oldestFor(period, nowSeconds));
  const found = new Map<string, { time: number; unit: string; parts: Summary[] }>();
  for (const datum of metrics.read(scope, metric, from, end, unit)) {
    const time = start + Math.floor((datum.time - start) / period) * period;
    const key = `${time} ${datum.unit}`;
    const parts = found.get(key)?.parts;
    if (parts) parts.push(datum.summary);
    else found.set(key, { time, unit: datum.unit, parts: [datum.summary] });
  }
  return [...found.values()].map(({ parts, ...rest }) => ({ ...rest, summary: together(...parts) }));
}

/** The units of data, by their names: the first is shown where only one can be. */
export function units(periods: readonly PeriodSummary[]): string[] {
  return [...new Set(periods.map(({ unit }) => unit))].toSorted();
}
