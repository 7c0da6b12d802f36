import { expect, test } from "vitest";
import { circuitBreakerThreshold, type BreakerThreshold } from "./circuit-breaker.ts";

test.each([
  [1, 3],
  [2, 3],
  [6, 3],
  [7, 4],
  [25, 13],
  [100, 50],
  [400, 200],
  [800, 200],
])("%i tasks: %i failures, unless told", (desired, threshold) => {
  expect(circuitBreakerThreshold(desired)).toBe(threshold);
});

test.each<[BreakerThreshold["type"], value: number, desired: number, threshold: number]>([
  ["COUNT", 1, 100, 1],
  ["COUNT", 500, 1, 500],
  ["BOUNDED_PERCENT", 10, 100, 10],
  ["BOUNDED_PERCENT", 10, 10, 3],
  ["BOUNDED_PERCENT", 100, 1000, 200],
  ["UNBOUNDED_PERCENT", 10, 10, 1],
  ["UNBOUNDED_PERCENT", 100, 1000, 1000],
  ["UNBOUNDED_PERCENT", 50, 0, 1],
])("%s %i of %i tasks: %i failures", (type, value, desired, threshold) => {
  expect(circuitBreakerThreshold(desired, { type, value })).toBe(threshold);
});
