import { distributionOf, type Distribution } from "./distribution.ts";

/** What is known of the values of a metric in a stretch of time. */
export interface Summary {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Unset when values came as a statistic set, which does not tell them. */
  values: Distribution | undefined;
}

/** The summary of single values. */
export function summaryOf(pairs: Distribution): Summary {
  const values = distributionOf(pairs);
  let count = 0;
  let sum = 0;
  for (const [value, times] of pairs) {
    count += times;
    sum += value * times;
  }
  return { count, sum, min: values[0]?.[0] ?? 0, max: values.at(-1)?.[0] ?? 0, values };
}

/** The summary of a statistic set, which tells its values only where all are the same. */
export function summaryOfSet({ count, sum, min, max }: Omit<Summary, "values">): Summary {
  return { count, sum, min, max, values: min === max ? [[min, count]] : undefined };
}

/** Summaries taken together; at least one. */
export function together(...summaries: readonly Summary[]): Summary {
  const [first] = summaries;
  if (summaries.length === 1) return first!;
  const known = summaries.flatMap(({ values }) => (values ? [values] : []));
  return {
    count: summaries.reduce((sum, { count }) => sum + count, 0),
    sum: summaries.reduce((sum, each) => sum + each.sum, 0),
    min: summaries.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY),
    max: summaries.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY),
    values: known.length === summaries.length ? distributionOf(known.flat()) : undefined,
  };
}
