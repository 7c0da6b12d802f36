import { expect, test } from "vitest";
import type { Clock } from "../../base/clock.ts";
import type { LogRoute } from "../log-route.ts";
import { shipRest } from "./ship-rest.ts";

/** Ships so many bytes in each half minute, in time that passes at once. @returns whether all was shipped, and when it was known */
async function ship(bytes: number, perHalfMinute: number): Promise<{ shipped: boolean; seconds: number }> {
  let [now, left] = [0, bytes];
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
      left = Math.max(0, left - perHalfMinute);
      if (!left) resolve();
      await new Promise(setImmediate);
    },
  };
  const shipped = await shipRest({ finish: () => finished, waiting: () => left }, {} as LogRoute, clock);
  return { shipped, seconds: now / 1000 };
}

test.each([
  [10, 10, { shipped: true, seconds: 30 }],
  [100, 10, { shipped: true, seconds: 300 }],
  [10, 0, { shipped: false, seconds: 30 }],
  [1000, 1, { shipped: false, seconds: 600 }],
])("%i bytes at %i in half a minute", async (bytes, speed, result) => {
  expect(await ship(bytes, speed)).toEqual(result);
});
