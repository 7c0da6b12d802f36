import { expect, test } from "vitest";
import { TokenBuckets } from "./token-buckets.ts";

const SIZE = { burst: 3, perSecond: 2 };

function bucketsAt() {
  const time = { ms: 1_000 };
  return { time, buckets: new TokenBuckets({ monotonic: () => time.ms }) };
}

test("a bucket gives its burst, then what comes back, and never more than its burst", () => {
  const { time, buckets } = bucketsAt();
  expect([1, 2, 3, 4].map(() => buckets.take("a", SIZE))).toEqual([true, true, true, false]);
  expect(buckets.waitMs("a", SIZE)).toBe(500);
  time.ms += 499;
  expect(buckets.take("a", SIZE)).toBe(false);
  time.ms += 1;
  expect(buckets.take("a", SIZE)).toBe(true);
  time.ms += 60_000;
  expect(buckets.available("a", SIZE)).toBe(3);
});

test("several tokens are taken together or not at all", () => {
  const { buckets } = bucketsAt();
  expect(buckets.take("a", SIZE, 2)).toBe(true);
  expect(buckets.take("a", SIZE, 2)).toBe(false);
  expect(buckets.available("a", SIZE)).toBe(1);
});

test("keys do not meet, and full buckets are forgotten", () => {
  const { time, buckets } = bucketsAt();
  for (let key = 0; key < 256; key++) buckets.take(String(key), SIZE);
  expect(buckets.available("new", SIZE)).toBe(3);
  time.ms += 500;
  buckets.take("empty", SIZE, 3);
  expect(buckets.available("empty", SIZE)).toBe(0);
  expect((buckets as unknown as { buckets: Map<string, unknown> }).buckets.size).toBe(1);
});
