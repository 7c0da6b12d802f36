import { describe, expect, test } from "vitest";
import { distributionOf } from "./distribution.ts";
import { metricId } from "./metric-id.ts";
import { MetricStore } from "./metric-store.ts";
import { roundedStart } from "./retention.ts";
import { readPeriods } from "./series.ts";
import { statisticNamed } from "./statistic.ts";
import { summaryOf, summaryOfSet, together } from "./summary.ts";

const SCOPE = { account: "000000000000", region: "us-east-1" };
const METRIC = metricId("N", "m");
const HOUR = 3600;
const DAY = 24 * HOUR;
/** A full hour, in seconds. */
const NOW = 500_000 * HOUR;

describe("statistics", () => {
  const summary = summaryOf(Array.from({ length: 100 }, (_, i) => [i + 1, 1] as const));
  test.each([
    ["SampleCount", 100],
    ["Average", 50.5],
    ["p0", 1],
    ["p50", 50],
    ["p99.9", 100],
    ["p100", 100],
    ["tm90", 45.5],
    ["TM(10%:90%)", 50.5],
    ["TM(:10)", 5.5],
    ["IQM", 50.5],
    ["wm50", (1275 + 50 * 50) / 100],
    ["tc10", 10],
    ["TS(98:)", 199],
    ["PR(:25)", 25],
    ["PR(25:50)", 25],
  ])("%s", (name, expected) => expect(statisticNamed(name)!(summary)).toBeCloseTo(expected, 6));

  test.each(["p101", "p-1", "p", "TM(1)", "TM(:)", "TM(1%:2)", "PR(1%:2%)", "average", "constructor", "tm90%"])(
    "%s is none",
    (name) => expect(statisticNamed(name)).toBeUndefined(),
  );

  test("percentiles need values, none of them negative; a statistic set tells them when all are the same", () => {
    const p50 = statisticNamed("p50")!;
    expect(p50(summaryOfSet({ count: 2, sum: 3, min: 1, max: 2 }))).toBeUndefined();
    expect(p50(summaryOfSet({ count: 2, sum: 4, min: 2, max: 2 }))).toBe(2);
    expect(p50(summaryOf([[-1, 1]]))).toBeUndefined();
    expect(p50(together(summary, summaryOfSet({ count: 2, sum: 3, min: 1, max: 2 })))).toBeUndefined();
  });

  test("many values are kept as fewer, near them", () => {
    const pairs = Array.from({ length: 20_000 }, (_, i) => [i / 7 - 500, 1] as const);
    const distribution = distributionOf(pairs);
    expect(distribution.length).toBeLessThanOrEqual(256);
    expect(distribution.reduce((sum, [, count]) => sum + count, 0)).toBe(20_000);
    expect(distribution.at(-1)![0]).toBeCloseTo(19_999 / 7 - 500);
    expect(distribution.toSorted(([a], [b]) => a - b)).toEqual(distribution);
  });
});

describe("the store", () => {
  const put = (store: MetricStore, time: number, value: number, resolution = 60) =>
    store.put(SCOPE, [{ metric: METRIC, time, resolution, unit: "None", summary: summaryOf([[value, 1]]) }]);
  const sums = async (store: MetricStore, start: number, end: number, period: number, now = NOW) =>
    (await readPeriods(store, SCOPE, METRIC, { start, end, period }, now, { withValues: false })).map(
      ({ time, summary }) => [time - start, summary.sum],
    );
  const age = (store: MetricStore, now: number, maxBytes = 1e9) => {
    while (store.ageStep(now * 1000, maxBytes));
  };

  test("data of one time is taken together; periods begin where the request does", async () => {
    const store = new MetricStore(":memory:");
    put(store, NOW - 600, 1);
    put(store, NOW - 600, 2);
    put(store, NOW - 540, 4);
    put(store, NOW - 300, 8);
    expect(await sums(store, NOW - 600, NOW, 60)).toEqual([
      [0, 3],
      [60, 4],
      [300, 8],
    ]);
    expect(await sums(store, NOW - 660, NOW, 300)).toEqual([
      [0, 7],
      [300, 8],
    ]);
    expect(await sums(store, NOW - 600, NOW - 540, 60)).toEqual([[0, 3]]);
  });

  test("data is rolled up as AWS does, and forgotten at last", async () => {
    const store = new MetricStore(":memory:");
    const first = NOW - 2 * HOUR;
    for (let second = 0; second < 120; second++) put(store, first + second, 1, 1);
    expect(await sums(store, first, first + 120, 30)).toHaveLength(4);
    const later = NOW + 4 * HOUR;
    age(store, later);
    expect(await sums(store, first, first + 120, 30, later)).toEqual([]);
    expect(await sums(store, first, first + 120, 60, later)).toEqual([
      [0, 60],
      [60, 60],
    ]);
    const weeks = NOW + 20 * DAY;
    age(store, weeks);
    expect(await sums(store, first, first + 300, 60, weeks)).toEqual([]);
    expect(await sums(store, first, first + 300, 300, weeks)).toEqual([[0, 120]]);
    const months = NOW + 100 * DAY;
    age(store, months);
    expect(await sums(store, first, first + HOUR, 300, months)).toEqual([]);
    expect(await sums(store, first, first + HOUR, HOUR, months)).toEqual([[0, 120]]);
    age(store, NOW + 456 * DAY);
    expect(store.list(SCOPE, { since: 0, after: 0 }, 10)).toEqual([]);
  });

  test("rolling up loses nothing, whatever a reading sees of it", async () => {
    const store = new MetricStore(":memory:");
    const first = NOW - 4 * HOUR;
    for (let second = 0; second < 600; second++) put(store, first + second, second, 1);
    const before = await sums(store, first, first + 600, 300);
    while (store.ageStep(NOW * 1000, 1e9)) expect(await sums(store, first, first + 600, 300)).toEqual(before);
  });

  test("long ranges are read in slices, and nothing twice or never", async () => {
    const store = new MetricStore(":memory:");
    const first = NOW - 3 * DAY;
    const datum = (index: number, unit: string) => ({
      metric: METRIC,
      time: first + index * 60,
      resolution: 60,
      unit,
      summary: summaryOf([[index, 1]]),
    });
    store.put(
      SCOPE,
      Array.from({ length: 3 * 1440 }, (_, index) => [datum(index, "Count"), datum(index, "Bytes")]).flat(),
    );
    const range = { start: first, end: NOW, period: DAY };
    for (const withValues of [false, true]) {
      const found = await readPeriods(store, SCOPE, METRIC, range, NOW, { withValues });
      expect(found.map(({ time, unit, summary: { count } }) => [time - first, unit, count])).toEqual(
        [0, DAY, 2 * DAY].flatMap((time) => ["Bytes", "Count"].map((unit) => [time, unit, 1440])),
      );
      expect(found[0]!.summary.values !== undefined).toBe(withValues);
    }
    const [bytes] = await readPeriods(store, SCOPE, METRIC, { ...range, period: 3 * DAY }, NOW, {
      withValues: false,
      unit: "Bytes",
    });
    expect(bytes!.summary).toMatchObject({ count: 4320, min: 0, max: 4319 });
    const slices = [...store.read(SCOPE, METRIC, { from: first + 30, to: NOW, withValues: false })];
    expect(slices.length).toBeGreaterThan(5);
    for (const slice of slices.slice(1)) expect(slice[0]!.time % HOUR).toBe(0);
  });

  test("what is too much goes first, the oldest of it", async () => {
    const store = new MetricStore(":memory:");
    for (let minute = 0; minute < 3000; minute++) put(store, NOW - minute * 60, 1);
    const limit = store.bytes / 2;
    age(store, NOW, limit);
    expect(store.bytes).toBeLessThanOrEqual(limit);
    expect(await sums(store, NOW, NOW + 60, 60)).toEqual([[0, 1]]);
    expect(await sums(store, NOW - 3000 * 60, NOW - 2500 * 60, 60)).toEqual([]);
  });
});

test.each([
  [100, 60, 60],
  [100, 10, 100],
  [16 * DAY + 61, 60, 16 * DAY + 300],
  [64 * DAY + 61, 300, 64 * DAY + HOUR],
])("a start %i s ago is rounded for a period of %i s", (ago, period, expected) => {
  expect(NOW - roundedStart(NOW - ago, period, NOW)).toBe(ago === 100 && period === 60 ? 120 : expected);
});
