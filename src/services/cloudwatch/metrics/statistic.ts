import type { Distribution } from "./distribution.ts";
import type { Summary } from "./summary.ts";

/** Computes a statistic; `undefined` where what is known of the values does not tell it. */
export type StatisticOf = (summary: Summary) => number | undefined;

const SIMPLE: Readonly<Record<string, StatisticOf>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
  Average: ({ sum, count }) => (count > 0 ? sum / count : undefined),
};

/** `p99.9`, `tm90`, `wm99`, `tc90`, `ts90` */
const SHORT = /^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{0,10})?|100(?:\.0{0,10})?)$/;
/** `TM(10%:90%)`, `PR(100:2000)`; one of the bounds may be left out */
const LONG = /^(TM|WM|TC|TS|PR)\(([^:]*):([^:]*)\)$/;
const PERCENT = /^(\d{1,2}(?:\.\d{0,10})?|100(?:\.0{0,10})?)%$/;
const NUMBER = /^\d+(?:\.\d{0,10})?(?:[Ee][+-]?\d+)?$/;

/**
 * The statistic of a name, `undefined` for what is none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function statisticNamed(name: string): StatisticOf | undefined {
  return Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : extendedStatistic(name);
}

/** Whether a statistic is computed from the single values; of the others their summary tells enough. */
export function needsValues(name: string): boolean {
  return !Object.hasOwn(SIMPLE, name);
}

/** The percentile and trimmed statistics alone. */
export function extendedStatistic(name: string): StatisticOf | undefined {
  if (name === "IQM") return trimmed("TM", { percent: 25 }, { percent: 75 });
  const [, short, percent] = SHORT.exec(name) ?? [];
  if (short === "p") return ofValues((values) => percentile(values, Number(percent)));
  if (short) return trimmed(short.toUpperCase(), undefined, { percent: Number(percent) });
  const [, long, low = "", high = ""] = LONG.exec(name) ?? [];
  if (!long || !(low || high)) return undefined;
  const [from, to] = [boundOf(low), boundOf(high)];
  if (from === null || to === null) return undefined;
  const kinds = new Set([from, to].flatMap((bound) => (bound ? [Object.keys(bound)[0]] : [])));
  return kinds.size > 1 || (long === "PR" && kinds.has("percent")) ? undefined : trimmed(long, from, to);
}

/** The percentage of a percentile such as `p99`. */
export function percentOf(name: string): number | undefined {
  const [, short, percent] = SHORT.exec(name) ?? [];
  return short === "p" ? Number(percent) : undefined;
}

type Bound = { percent: number } | { value: number } | undefined;

/** `null` for what is no bound. */
function boundOf(text: string): Bound | null {
  if (text === "") return undefined;
  const [, percent] = PERCENT.exec(text) ?? [];
  if (percent !== undefined) return { percent: Number(percent) };
  return NUMBER.test(text) ? { value: Number(text) } : null;
}

/** Not of negative values: AWS has none of these statistics for them. */
function ofValues(compute: (values: Distribution) => number | undefined): StatisticOf {
  return ({ values, min }) => (values?.length && min >= 0 ? compute(values) : undefined);
}

function trimmed(kind: string, low: Bound, high: Bound): StatisticOf {
  return ofValues((values) => {
    const from = limit(values, low) ?? Number.NEGATIVE_INFINITY;
    const to = limit(values, high) ?? Number.POSITIVE_INFINITY;
    if (kind === "WM") return mean(values.map(([value, count]) => [Math.min(Math.max(value, from), to), count]));
    // What is at the lower bound is outside of it; there is nothing below the lowest of all.
    const kept = values.filter(([value]) => (low ? value > from : true) && value <= to);
    if (kind === "TM") return mean(kept);
    if (kind === "TC") return size(kept);
    if (kind === "TS") return total(kept);
    return (100 * size(kept)) / size(values);
  });
}

function limit(values: Distribution, bound: Bound): number | undefined {
  if (!bound) return undefined;
  return "percent" in bound ? percentile(values, bound.percent) : bound.value;
}

/** The least value that so many percent of all are not above. */
function percentile(values: Distribution, percent: number): number {
  const rank = (size(values) * percent) / 100;
  let seen = 0;
  for (const [value, count] of values) {
    seen += count;
    if (seen >= rank) return value;
  }
  return values.at(-1)![0];
}

function size(values: Distribution): number {
  return values.reduce((sum, [, count]) => sum + count, 0);
}

function total(values: Distribution): number {
  return values.reduce((sum, [value, count]) => sum + value * count, 0);
}

function mean(values: Distribution): number | undefined {
  return values.length ? total(values) / size(values) : undefined;
}
