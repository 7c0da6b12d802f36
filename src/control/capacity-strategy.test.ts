import { describe, expect, test } from "vitest";
import { placeByStrategy, surplusByStrategy, type StrategyItem } from "./capacity-strategy.ts";

const A = "FARGATE";
const B = "FARGATE_SPOT";

function strategy(...items: [provider: string, base: number, weight: number][]): StrategyItem[] {
  return items.map(([capacityProvider, base, weight]) => ({ capacityProvider, base, weight }));
}

/** Of one provider so many, of the other so many. */
const tasks = (a: number, b: number) => [...Array<string>(a).fill(A), ...Array<string>(b).fill(B)];

const counted = (providers: readonly string[]) => [
  providers.filter((one) => one === A).length,
  providers.filter((one) => one === B).length,
];

describe("what a strategy makes of so many tasks", () => {
  test.each([
    { of: strategy([A, 0, 1]), count: 3, gives: [3, 0] },
    { of: strategy([A, 0, 1], [B, 0, 1]), count: 10, gives: [5, 5] },
    { of: strategy([A, 0, 1], [B, 0, 1]), count: 5, gives: [3, 2] },
    { of: strategy([A, 0, 1], [B, 0, 4]), count: 5, gives: [1, 4] },
    { of: strategy([A, 0, 1], [B, 0, 4]), count: 10, gives: [2, 8] },
    { of: strategy([A, 0, 1], [B, 0, 3]), count: 4, gives: [1, 3] },
    // The base comes first and does not count for the weights.
    { of: strategy([A, 2, 1], [B, 0, 4]), count: 2, gives: [2, 0] },
    { of: strategy([A, 2, 1], [B, 0, 4]), count: 7, gives: [3, 4] },
    { of: strategy([A, 0, 1], [B, 1, 1]), count: 3, gives: [1, 2] },
    // Just so many on demand, all the rest on Spot.
    { of: strategy([A, 1, 0], [B, 0, 1]), count: 10, gives: [1, 9] },
    { of: strategy([A, 100_000, 1], [B, 0, 1000]), count: 10, gives: [10, 0] },
    { of: strategy([A, 0, 0], [B, 0, 1]), count: 3, gives: [0, 3] },
    { of: strategy([A, 0, 1], [B, 0, 1000]), count: 1001, gives: [1, 1000] },
    { of: strategy([A, 0, 1]), count: 0, gives: [0, 0] },
  ])("$of × $count", ({ of, count, gives }) => {
    expect(counted(placeByStrategy(of, [], count))).toEqual(gives);
  });
});

describe("what is added to what there is", () => {
  test.each([
    { of: strategy([A, 0, 1], [B, 0, 4]), existing: tasks(2, 3), count: 5, gives: [0, 5] },
    { of: strategy([A, 0, 1], [B, 0, 1]), existing: tasks(4, 0), count: 2, gives: [0, 2] },
    // One that is replaced comes back where it was.
    { of: strategy([A, 1, 0], [B, 0, 1]), existing: tasks(0, 9), count: 1, gives: [1, 0] },
    { of: strategy([A, 1, 0], [B, 0, 1]), existing: tasks(1, 8), count: 1, gives: [0, 1] },
  ])("$of: $count to $existing", ({ of, existing, count, gives }) => {
    expect(counted(placeByStrategy(of, existing, count))).toEqual(gives);
  });

  test("tasks of a provider that the strategy does not have do not count", () => {
    expect(placeByStrategy(strategy([A, 0, 1], [B, 0, 1]), ["other", undefined, A], 1)).toEqual([B]);
  });
});

test("who has too many when fewer are to be left", () => {
  const of = strategy([A, 1, 1], [B, 0, 3]);
  expect(Object.fromEntries(surplusByStrategy(of, tasks(3, 6), 5))).toEqual({ [A]: 1, [B]: 3 });
  expect(Object.fromEntries(surplusByStrategy(of, tasks(1, 8), 5))).toEqual({ [A]: -1, [B]: 5 });
});
