import { expect, test } from "vitest";
import { checkScale, computedDesiredCount } from "./scale.ts";

test.each([
  [0, 100, 0],
  [10, 0, 0],
  [10, 100, 10],
  [10, 30, 3],
  [10, 12, 2], // 1.2, AWS's example
  [1, 50, 1],
  [3, 0.1, 1],
  [3, 33.4, 2],
  [1000, 1.1, 11], // 11.000000000000002 in binary
  [7, 99.99, 7],
  [5000, 14.02, 701],
])("%i tasks at %d %% are %i", (desiredCount, scale, computed) => {
  expect(computedDesiredCount(desiredCount, scale)).toBe(computed);
});

test("a scale is 0 unless told, and between 0 and 100", () => {
  expect([undefined, {}, { value: 0 }, { value: 33.3 }, { value: 100 }].map(checkScale)).toEqual([0, 0, 0, 33.3, 100]);
  for (const value of [-0.1, 100.1, Number.NaN])
    expect(() => checkScale({ value, unit: "PERCENT" })).toThrow("Scale value must be between 0 and 100.");
});
