import type { Operator } from "./parser.ts";
import { mapSeries, MathError, numberValue, seriesValue, withPoints, type Series, type Value } from "./value.ts";

const OPERATORS: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * Two values joined by an operator: of two series, at the times that both have; of a list, each of its series.
 * @throws MathError for two lists of different lengths, and for texts
 */
export function combine(operator: Operator, left: Value, right: Value): Value {
  const compute = OPERATORS[operator];
  if (left.kind === "text" || right.kind === "text") throw new MathError(`Unsupported operand type(s) for ${operator}`);
  if (left.kind === "number" && right.kind === "number") return numberValue(compute(left.number, right.number));
  if (left.kind !== "list" && right.kind !== "list") return seriesValue(joined(compute, left, right));
  const count = Math.max(...[left, right].map((value) => (value.kind === "list" ? value.list.length : 0)));
  const at = (value: Value, index: number): Value => {
    if (value.kind !== "list") return value;
    if (value.list.length !== count) throw new MathError(`Unsupported operand type(s) for ${operator}`);
    return seriesValue(value.list[index]!);
  };
  const list = Array.from({ length: count }, (_, index) => joined(compute, at(left, index), at(right, index)));
  return { kind: "list", list };
}

/** One of them at the least is a series. */
function joined(compute: (a: number, b: number) => number, left: Value, right: Value): Series {
  if (left.kind === "series" && right.kind === "series") {
    const { series } = left;
    const other = right.series.points;
    const points = [...series.points].flatMap(([time, value]) => {
      const second = other.get(time);
      return second === undefined ? [] : [[time, compute(value, second)] as const];
    });
    return withPoints({ ...series, period: Math.max(series.period, right.series.period) }, points);
  }
  if (left.kind === "series" && right.kind === "number")
    return mapSeries(left.series, (value) => compute(value, right.number));
  if (left.kind === "number" && right.kind === "series")
    return mapSeries(right.series, (value) => compute(left.number, value));
  throw new MathError("Unsupported operand type(s)");
}
