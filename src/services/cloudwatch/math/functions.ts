import type { Periods } from "../metrics/series.ts";
import type { PointBudget } from "./budget.ts";
import { mapSeries, MathError, numberValue, seriesValue, withPoints, type Series, type Value } from "./value.ts";

/** What functions know beside their arguments. */
export interface MathContext {
  /** Those that have a time of their own: of the request. */
  periods: Periods;
  /** The metrics of the request by their ids, in its order. */
  metrics: ReadonlyMap<string, Series>;
  budget: PointBudget;
}

type MathFunction = (args: readonly Value[], context: MathContext) => Value;

/** Functions of numbers: on a number, on each value of a series, on each series of a list. */
function onValues(compute: (value: number) => number): MathFunction {
  return eachSeries(
    (series) => mapSeries(series, compute),
    (value) => numberValue(compute(value)),
  );
}

function eachSeries(
  change: (series: Series, context: MathContext) => Series,
  ofNumber?: (value: number) => Value,
): MathFunction {
  return ([value], context) => {
    if (value?.kind === "series") return seriesValue(change(value.series, context));
    if (value?.kind === "list") return { kind: "list", list: value.list.map((series) => change(series, context)) };
    if (value?.kind === "number" && ofNumber) return ofNumber(value.number);
    throw new MathError("Unsupported argument type");
  };
}

/** Of a series a number; of several, a series with one value for each time. */
function aggregate(compute: (values: readonly number[]) => number): MathFunction {
  return (args) => {
    const [first] = args;
    if (args.length === 1 && first?.kind === "series") return numberValue(compute([...first.series.points.values()]));
    if (args.every((arg) => arg.kind === "number")) return numberValue(compute(args.map((arg) => arg.number)));
    return seriesValue(acrossSeries(seriesIn(args), compute));
  };
}

function acrossSeries(list: readonly Series[], compute: (values: readonly number[]) => number): Series {
  const byTime = new Map<number, number[]>();
  for (const { points } of list)
    for (const [time, value] of points) {
      const values = byTime.get(time);
      if (values) values.push(value);
      else byTime.set(time, [value]);
    }
  const period = list.reduce((longest, each) => Math.max(longest, each.period), 1);
  const points = [...byTime].map(([time, values]) => [time, compute(values)] as const);
  return withPoints({ label: list[0]?.label ?? "", period, points: new Map() }, points);
}

function seriesIn(args: readonly Value[]): Series[] {
  return args.flatMap((arg) => {
    if (arg.kind === "series") return [arg.series];
    if (arg.kind === "list") return [...arg.list];
    throw new MathError("Unsupported argument type");
  });
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function least(values: readonly number[]): number {
  return values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
}

function greatest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
}

function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

/** What is between each value of a series and the one before it. */
function differences(compute: (change: number, seconds: number) => number): MathFunction {
  return eachSeries((series) => {
    const points = [...series.points];
    return withPoints(
      series,
      points.slice(1).map(([time, value], index) => {
        const [before, earlier] = points[index]!;
        return [time, compute(value - earlier, time - before)] as const;
      }),
    );
  });
}

function runningSum(series: Series): Series {
  let sum = 0;
  return mapSeries(series, (value) => (sum += value));
}

/** Parts of the time of each period, of UTC. */
function ofTime(compute: (date: Date) => number): MathFunction {
  return eachSeries((series) => mapSeries(series, (_, time) => compute(new Date(time * 1000))));
}

function fill([value, filler]: readonly Value[], context: MathContext): Value {
  if (value === undefined || filler === undefined) throw new MathError("Unsupported argument type");
  return eachSeries((series) => filled(series, filler, context))([value], context);
}

type Point = readonly [time: number, value: number];

/** A number, a series, or how values are made from those beside. */
function filled(series: Series, filler: Value, { periods: { start, end }, budget }: MathContext): Series {
  const known: readonly Point[] = [...series.points];
  let next = 0;
  const points = times({ start, end, period: series.period }, budget).map((time) => {
    while (next < known.length && known[next]![0] < time) next++;
    return [time, series.points.get(time) ?? made(filler, time, known[next - 1], known[next])] as const;
  });
  return withPoints(series, points);
}

/** @param before, after the nearest values that there are */
function made(filler: Value, time: number, before: Point | undefined, after: Point | undefined): number | undefined {
  if (filler.kind === "number") return filler.number;
  if (filler.kind === "series") return filler.series.points.get(time);
  if (filler.kind === "list") throw new MathError("Unsupported argument type");
  if (filler.text === "REPEAT") return before?.[1];
  if (filler.text !== "LINEAR") throw new MathError(`Unsupported argument '${filler.text}'`);
  if (!before || !after) return (before ?? after)?.[1];
  return before[1] + ((after[1] - before[1]) * (time - before[0])) / (after[0] - before[0]);
}

function choose([condition, yes, no]: readonly Value[]): Value {
  if (condition?.kind === "number") {
    const chosen = condition.number === 0 ? no : yes;
    if (chosen) return chosen;
  }
  if (condition?.kind !== "series" || yes === undefined) throw new MathError("Unsupported argument type");
  const at = (value: Value | undefined, time: number): number | undefined => {
    if (value?.kind === "number") return value.number;
    if (value?.kind === "series") return value.series.points.get(time);
    if (value === undefined) return undefined;
    throw new MathError("Unsupported argument type");
  };
  return seriesValue(mapSeries(condition.series, (met, time) => at(met === 0 ? no : yes, time)));
}

function metrics([part]: readonly Value[], context: MathContext): Value {
  if (part && part.kind !== "text") throw new MathError("Unsupported argument type");
  const chosen = [...context.metrics].filter(([id]) => part === undefined || id.includes(part.text));
  return { kind: "list", list: chosen.map(([, series]) => series) };
}

function timeSeries([value]: readonly Value[], { periods, budget }: MathContext): Value {
  if (value?.kind !== "number") throw new MathError("Unsupported argument type");
  const points = new Map(times(periods, budget).map((time) => [time, value.number] as const));
  return seriesValue({ label: "TIME_SERIES", period: periods.period, points });
}

/** Where periods begin. @throws MathError when they are too many */
function times({ start, end, period }: Periods, budget: PointBudget): number[] {
  const count = Math.max(0, Math.ceil((end - start) / period));
  budget.take(count);
  return Array.from({ length: count }, (_, index) => start + index * period);
}

function slice([value, from, to]: readonly Value[]): Value {
  if (value?.kind !== "list" || from?.kind !== "number" || (to && to.kind !== "number"))
    throw new MathError("Unsupported argument type");
  const list = value.list.slice(from.number, to?.number);
  return to === undefined && list.length === 1 ? seriesValue(list[0]!) : { kind: "list", list };
}

const SORT_BY: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: mean,
  MIN: least,
  MAX: greatest,
  SUM: total,
};

function sort([value, by, order, limit]: readonly Value[]): Value {
  if (value?.kind !== "list" || by?.kind !== "text" || order?.kind !== "text")
    throw new MathError("Unsupported argument type");
  const measure = SORT_BY[by.text];
  if (!measure || !["ASC", "DESC"].includes(order.text) || (limit && limit.kind !== "number"))
    throw new MathError("Unsupported argument to SORT");
  const sign = order.text === "ASC" ? 1 : -1;
  const size = (series: Series) => measure([...series.points.values()]);
  const list = value.list.toSorted((a, b) => sign * (size(a) - size(b)));
  return { kind: "list", list: limit ? list.slice(0, limit.number) : list };
}

function pick(place: number): MathFunction {
  return ([value]) => {
    const found = value?.kind === "list" ? value.list.at(place) : undefined;
    if (!found) throw new MathError("Unsupported argument type");
    return seriesValue(found);
  };
}

function ofSeries(compute: (series: Series) => number): MathFunction {
  return ([value]) => {
    if (value?.kind !== "series") throw new MathError("Unsupported argument type");
    return numberValue(compute(value.series));
  };
}

function removeEmpty([value]: readonly Value[]): Value {
  if (value?.kind !== "list") throw new MathError("Unsupported argument type");
  return { kind: "list", list: value.list.filter(({ points }) => points.size > 0) };
}

function metricCount(args: readonly Value[]): Value {
  return numberValue(seriesIn(args).length);
}

/** With how many arguments each goes at the least and the most. */
export const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number, run: MathFunction]>> = {
  ABS: [1, 1, onValues(Math.abs)],
  AVG: [1, Infinity, aggregate(mean)],
  CEIL: [1, 1, onValues(Math.ceil)],
  DATAPOINT_COUNT: [1, 1, ofSeries(({ points }) => points.size)],
  DATE: [1, 1, ofTime((date) => date.getUTCDate())],
  DAY: [1, 1, ofTime((date) => date.getUTCDay() || 7)],
  DIFF: [1, 1, differences((change) => change)],
  DIFF_TIME: [1, 1, differences((_, seconds) => seconds)],
  EPOCH: [1, 1, ofTime((date) => date.getTime() / 1000)],
  FILL: [2, 2, fill],
  FIRST: [1, 1, pick(0)],
  FLOOR: [1, 1, onValues(Math.floor)],
  HOUR: [1, 1, ofTime((date) => date.getUTCHours())],
  IF: [2, 3, choose],
  LAST: [1, 1, pick(-1)],
  LOG: [1, 1, onValues(Math.log)],
  LOG10: [1, 1, onValues(Math.log10)],
  MAX: [1, Infinity, aggregate(greatest)],
  METRICS: [0, 1, metrics],
  METRIC_COUNT: [1, Infinity, metricCount],
  MIN: [1, Infinity, aggregate(least)],
  MINUTE: [1, 1, ofTime((date) => date.getUTCMinutes())],
  MONTH: [1, 1, ofTime((date) => date.getUTCMonth() + 1)],
  PERIOD: [1, 1, ofSeries(({ period }) => period)],
  RATE: [1, 1, differences((change, seconds) => change / seconds)],
  REMOVE_EMPTY: [1, 1, removeEmpty],
  RUNNING_SUM: [1, 1, eachSeries(runningSum)],
  SLICE: [2, 3, slice],
  SORT: [3, 4, sort],
  STDDEV: [1, Infinity, aggregate(deviation)],
  SUM: [1, Infinity, aggregate(total)],
  TIME_SERIES: [1, 1, timeSeries],
  YEAR: [1, 1, ofTime((date) => date.getUTCFullYear())],
};

/** Words that are arguments: `SORT(METRICS(), MAX, DESC)`, `FILL(m1, REPEAT)`. */
export const KEYWORDS: ReadonlySet<string> = new Set([...Object.keys(SORT_BY), "ASC", "DESC", "REPEAT", "LINEAR"]);
