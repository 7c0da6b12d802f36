/** Values of a metric or an expression, by the times of their periods in seconds since 1970, in rising order. */
export interface Series {
  label: string;
  /** Seconds. */
  period: number;
  points: ReadonlyMap<number, number>;
}

/** What an expression has as its value. */
export type Value =
  | { kind: "number"; number: number }
  | { kind: "series"; series: Series }
  | { kind: "list"; list: readonly Series[] }
  | { kind: "text"; text: string };

/** An expression that has no value; the text says why. */
export class MathError extends Error {
  override name = "MathError";
}

export const numberValue = (number: number): Value => ({ kind: "number", number });

export const seriesValue = (series: Series): Value => ({ kind: "series", series });

/** A series with other points; what is no finite number is left out, as the result of a division by zero. */
export function withPoints(series: Series, points: Iterable<readonly [number, number | undefined]>): Series {
  const kept = [...points].filter((point): point is [number, number] => Number.isFinite(point[1]));
  return { ...series, points: new Map(kept.toSorted(([a], [b]) => a - b)) };
}

/** A series with each of its values changed. */
export function mapSeries(series: Series, change: (value: number, time: number) => number | undefined): Series {
  return withPoints(
    series,
    [...series.points].map(([time, value]) => [time, change(value, time)] as const),
  );
}
