import { expect, test } from "vitest";
import { readPage, type Place, type TimeRange } from "./data-pages.ts";

const RANGE = { start: 0, end: 1000 };
/** Two series with a value each 10 and each 100 seconds. */
const SERIES = [10, 100].map((period) => Array.from({ length: 1000 / period }, (_, index) => index * period));

async function pages(count: number, ascending: boolean, partSeconds: number) {
  const parts: TimeRange[] = [];
  const found: (readonly [series: number, time: number])[] = [];
  const sizes: number[] = [];
  let from: Place | undefined;
  do {
    const page = await readPage(
      {
        range: RANGE,
        partSeconds,
        read: async (part) => {
          parts.push(part);
          return SERIES.map((times, index) => ({
            id: String(index),
            label: "",
            units: part.start < 500 ? ["Count"] : ["Bytes"],
            points: new Map(times.filter((time) => time >= part.start && time < part.end).map((time) => [time, 1])),
          }));
        },
      },
      { from, count, ascending },
    );
    found.push(...page.points.map(({ series, time }) => [series, time] as const));
    sizes.push(page.points.length);
    from = page.next;
  } while (from);
  return { found, sizes, parts };
}

const ALL = SERIES.flatMap((times, series) => times.map((time) => [series, time] as const));

test.each([
  [1000, true, 300],
  [1000, false, 300],
  [7, true, 300],
  [7, false, 170],
  [110, true, 1000],
  [1, false, 10],
])("pages of %i, ascending: %s, parts of %i s", async (count, ascending, partSeconds) => {
  const { found, sizes } = await pages(count, ascending, partSeconds);
  const sign = ascending ? 1 : -1;
  expect(found).toEqual(ALL.toSorted(([a, at], [b, bt]) => sign * (at - bt) || a - b));
  for (const size of sizes.slice(0, -1)) expect(size).toBe(count);
});

test("parts are read once where they fit, and only as far as a page goes", async () => {
  const { parts } = await pages(1000, false, 400);
  expect(parts).toEqual([
    { start: 600, end: 1000 },
    { start: 200, end: 600 },
    { start: 0, end: 200 },
  ]);
});

test("units of all parts are told; a place outside of the range ends in it", async () => {
  const read = async ({ start }: TimeRange) => [
    { id: "a", label: "", points: new Map<number, number>(), units: start ? ["Count"] : ["Bytes"] },
  ];
  const options = { from: [1e300, 5] as const, count: 10, ascending: false };
  const page = await readPage({ range: RANGE, partSeconds: 500, read }, options);
  expect(page).toMatchObject({ points: [], next: undefined, series: [{ units: ["Bytes", "Count"] }] });
});
