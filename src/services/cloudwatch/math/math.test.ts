import { expect, test } from "vitest";
import { checkedExpression, Evaluator, type MathQuery } from "./evaluate.ts";
import type { Series } from "./value.ts";

/** Values at 0, 60, 120, … seconds; `undefined` for none. */
function series(label: string, ...values: (number | undefined)[]): Series {
  const points = values.flatMap((value, i) => (value === undefined ? [] : [[i * 60, value] as const]));
  return { label, period: 60, points: new Map(points) };
}

const METRICS = new Map([
  ["m1", series("m1", 1, 2, 3, 4)],
  ["m2", series("m2", 10, undefined, 30, 0)],
  ["err1", series("err1", 5, 5, undefined, 5)],
]);

function compute(text: string, others: Record<string, string> = {}): Series[] {
  const queries = new Map<string, MathQuery>();
  const ids = new Set([...METRICS.keys(), "x", ...Object.keys(others)]);
  for (const [id, each] of Object.entries({ x: text, ...others }))
    queries.set(id, { id, expression: checkedExpression(each, ids), label: undefined });
  const context = { metrics: METRICS, periods: { start: 0, end: 240, period: 60 } };
  return [...new Evaluator(context, queries).seriesOf("x")];
}

function valuesOf(found: Series): (number | undefined)[] {
  return [0, 60, 120, 180].map((time) => found.points.get(time));
}

const none = undefined;
test.each<[string, ...(number | undefined)[]]>([
  ["m1 + 1", 2, 3, 4, 5],
  ["m1 + m2", 11, none, 33, 4],
  ["m1 / m2", 0.1, none, 0.1, none],
  ["-m1 ^ 2", -1, -4, -9, -16],
  ["2 + 3 * m1 - 1", 4, 7, 10, 13],
  ["m1 > 2", 0, 0, 1, 1],
  ["m1 > 1 && m1 < 4", 0, 1, 1, 0],
  ["m1 == 1 OR m1 == 4", 1, 0, 0, 1],
  ["IF(m1 > 2, m2, 7)", 7, 7, 30, 0],
  ["IF(m2, m1)", 1, none, 3, none],
  ["FILL(m2, 0)", 10, 0, 30, 0],
  ["FILL(m2, REPEAT)", 10, 10, 30, 0],
  ["FILL(m2, LINEAR)", 10, 20, 30, 0],
  ["FILL(m2, m1)", 10, 2, 30, 0],
  ["SUM([m1, m2])", 11, 2, 33, 4],
  ["AVG(METRICS())", 16 / 3, 3.5, 16.5, 3],
  ['SUM(METRICS("err"))', 5, 5, none, 5],
  ["MAX([m1, m2, err1])", 10, 5, 30, 5],
  ["m1 - MIN(m1)", 0, 1, 2, 3],
  ["m1 / PERIOD(m1)", 1 / 60, 2 / 60, 3 / 60, 4 / 60],
  ["RATE(m1)", none, 1 / 60, 1 / 60, 1 / 60],
  ["DIFF(m2)", none, none, 20, -30],
  ["DIFF_TIME(m2)", none, none, 120, 60],
  ["RUNNING_SUM(m1)", 1, 3, 6, 10],
  ["TIME_SERIES(DATAPOINT_COUNT(m2))", 3, 3, 3, 3],
  ["m1 * METRIC_COUNT(METRICS())", 3, 6, 9, 12],
  ["ABS(0 - m1)", 1, 2, 3, 4],
  ["CEIL(m1 / 2)", 1, 1, 2, 2],
  ["FIRST(SORT(METRICS(), MAX, DESC))", 10, none, 30, 0],
  ["MINUTE(m1)", 0, 1, 2, 3],
  ["SLICE(METRICS(), 2)", 5, 5, none, 5],
])("%s", (text, ...expected) => {
  const [found, ...others] = compute(text);
  expect(others).toEqual([]);
  expect(valuesOf(found!)).toEqual(expected.map((value) => (value === none ? none : expect.closeTo(value, 9))));
});

test("expressions name others, in any order, and give arrays", () => {
  expect(valuesOf(compute("y * 2", { y: "m1 + 1" })[0]!)).toEqual([4, 6, 8, 10]);
  expect(compute("METRICS() * 2").map(({ label }) => label)).toEqual(["x m1", "x m2", "x err1"]);
});

test.each([
  ["m1 +", "Syntax error at the end of the expression"],
  ["m1 m2", "Syntax error at 'm2'"],
  ["m1 # 2", "Syntax error at position 3"],
  ["m9", "Id 'm9' does not exist"],
  ["SEARCH('x')", "The function SEARCH is not supported by Neargate yet"],
  ["SELECT AVG(x) FROM y", "Metrics Insights queries are not supported"],
  ["RATE(m1, m2)", "Wrong number of arguments for the function RATE"],
  ["x + 1", "Circular reference to 'x'"],
  ["SUM(m1)", "The final result of an expression must be a time series"],
  ["'a' + m1", "Unsupported operand type(s) for +"],
  ["toString", "Id 'toString' does not exist"],
  ["toString(m1)", "The function toString is not supported"],
  [`${"(".repeat(300)}m1${")".repeat(300)}`, "nested too deeply"],
])("%s is refused", (text, message) => {
  expect(() => compute(text)).toThrow(message);
});

test("an expression without metrics has the request's period, and no end of values", () => {
  const ids = new Set(["x"]);
  const query = (text: string) =>
    new Map([["x", { id: "x", expression: checkedExpression(text, ids), label: undefined }]]);
  const over = (end: number) =>
    new Evaluator({ metrics: new Map(), periods: { start: 0, end, period: 60 } }, query("TIME_SERIES(7)")).seriesOf(
      "x",
    );
  expect([...over(150)[0]!.points]).toEqual([
    [0, 7],
    [60, 7],
    [120, 7],
  ]);
  expect(() => over(60 * 500_001)).toThrow("The expressions of the request have more than 500000 values");
});

test("expressions that multiply, or go through one another for ever, end in time", () => {
  const many = (id: string) => `[${Array.from({ length: 600 }, () => id).join(",")}]`;
  expect(() => compute("c", { a: many("m1"), b: many("a"), c: many("b") })).toThrow("more than 500000 values");
  const deep = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`e${i}`, `e${i + 1}${"+1".repeat(500)}`] as const),
  );
  expect(() => compute("e0", { ...deep, e100: "m1" })).toThrow("nested too deeply");
});
