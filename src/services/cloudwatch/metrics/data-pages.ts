/** A series of an answer. */
export interface ResultSeries {
  id: string;
  label: string;
  /** By their times in seconds since 1970. */
  points: ReadonlyMap<number, number>;
  /** More than one where data came in several units. */
  units: readonly string[];
}

/** A value of a series of the answer. */
interface ResultPoint {
  /** Which of them. */
  series: number;
  time: number;
  value: number;
}

/** A stretch of time in seconds since 1970; the end is exclusive. */
export interface TimeRange {
  start: number;
  end: number;
}

/** Where a page begins: the edge of a part of the range, and how many values of that part were shown before. */
export type Place = readonly [edge: number, shown: number];

/** How the data of a request is read. */
export interface PagedRead {
  range: TimeRange;
  /** How long the parts are in which it is read, seconds. */
  partSeconds: number;
  /** The series of the answer, always the same, with their values in a part of the range. */
  read: (part: TimeRange) => Promise<ResultSeries[]>;
}

export interface DataPage {
  series: ResultSeries[];
  /** Those of the page, by time. */
  points: ResultPoint[];
  /** Unset when there are no more. */
  next: Place | undefined;
}

/** Reads part by part, by time, until there are `count` values: no more than those and a part are in memory. */
export async function readPage(
  { range, partSeconds, read }: PagedRead,
  { from, count, ascending }: { from: Place | undefined; count: number; ascending: boolean },
): Promise<DataPage> {
  const sign = ascending ? 1 : -1;
  const within = (time: number) => Math.min(Math.max(time, range.start), range.end);
  const [first, last] = ascending ? [range.start, range.end] : [range.end, range.start];
  let [edge, shown] = from ?? [first, 0];
  edge = within(edge);
  let series: ResultSeries[] = [];
  let points: ResultPoint[] = [];
  do {
    const far = within(edge + sign * partSeconds);
    const found = await read({ start: Math.min(edge, far), end: Math.max(edge, far) });
    const sorted = pointsOf(found).toSorted((a, b) => sign * (a.time - b.time) || a.series - b.series);
    const taken = sorted.slice(shown, shown + count - points.length);
    series = found.map((each, index) => ({ ...each, units: joined(series[index]?.units ?? [], each.units) }));
    points = points.concat(taken);
    [edge, shown] = shown + taken.length < sorted.length ? [edge, shown + taken.length] : [far, 0];
  } while (edge !== last && points.length < count);
  return { series, points, next: edge === last ? undefined : [edge, shown] };
}

function pointsOf(series: readonly ResultSeries[]): ResultPoint[] {
  return series.flatMap(({ points }, index) => Array.from(points, ([time, value]) => ({ series: index, time, value })));
}

function joined(units: readonly string[], more: readonly string[]): readonly string[] {
  return more.length ? [...new Set([...units, ...more])].toSorted() : units;
}
