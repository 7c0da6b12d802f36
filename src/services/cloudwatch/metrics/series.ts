import { setImmediate } from "node:timers/promises";
import type { Scope } from "../../../base/scope.ts";
import type { MetricId } from "./metric-id.ts";
import type { DatumFilter, MetricStore } from "./metric-store.ts";
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

/** The periods that have data, by time and unit. Long ranges are read bit by bit, and others go on in between. */
export async function readPeriods(
  metrics: MetricStore,
  scope: Scope,
  metric: MetricId,
  { start, end, period }: Periods,
  nowSeconds: number,
  wanted: Pick<DatumFilter, "withValues" | "unit">,
): Promise<PeriodSummary[]> {
  const from = Math.max(start, oldestFor(period, nowSeconds));
  const found = new Map<string, { time: number; unit: string; parts: Summary[] }>();
  for (const slice of metrics.read(scope, metric, { from, to: end, ...wanted })) {
    await setImmediate();
    const changed = new Set<{ parts: Summary[] }>();
    for (const datum of slice) {
      const time = start + Math.floor((datum.time - start) / period) * period;
      const key = `${time} ${datum.unit}`;
      const entry = found.get(key) ?? { time, unit: datum.unit, parts: [] };
      entry.parts.push(datum.summary);
      found.set(key, entry);
      changed.add(entry);
    }
    for (const entry of changed) entry.parts = [together(...entry.parts)];
  }
  return [...found.values()].map(({ parts, ...rest }) => ({ ...rest, summary: parts[0]! }));
}

/** The units of data, by their names: the first is shown where only one can be. */
export function units(periods: readonly PeriodSummary[]): string[] {
  return [...new Set(periods.map(({ unit }) => unit))].toSorted();
}
