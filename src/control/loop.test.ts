import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { ReconcileLoop } from "./loop.ts";

let loop: ReconcileLoop | undefined;
afterEach(() => loop?.stop());

function started(reconcile: (key: string) => Promise<undefined>, atOnce?: number): ReconcileLoop {
  loop = new ReconcileLoop({
    name: "test",
    clock: systemClock,
    log: silentLogger,
    debounceMs: 1,
    ...(atOnce ? { atOnce } : {}),
    reconcile,
  });
  void loop.start();
  return loop;
}

test("so many keys are run side by side and the others after them, each key once for all that woke it", async () => {
  const runs: string[] = [];
  let [now, most] = [0, 0];
  const working = started(async (key) => {
    most = Math.max(most, ++now);
    await setTimeout(20);
    now -= 1;
    runs.push(key);
    return undefined;
  }, 2);
  for (const key of ["a", "b", "c", "d", "e", "c", "d"]) working.wake(key);
  await setTimeout(10);
  working.wake("e"); // is due already
  await expect.poll(() => runs.length).toBe(5);
  await setTimeout(30);
  expect([runs.toSorted(), most]).toEqual([["a", "b", "c", "d", "e"], 2]);
});

test("what wakes a key while it runs, or fails, has it run again", async () => {
  const runs: string[] = [];
  const working = started(async (key) => {
    runs.push(key);
    if (runs.length === 1) working.wake(key);
    if (runs.length === 2) throw new Error("not now");
    return undefined;
  }, 1);
  working.wake("a");
  await expect.poll(() => runs, { timeout: 5000 }).toEqual(["a", "a", "a"]);
});

test("it looks at what is left and at what its sources tell, while it runs", async () => {
  const runs: string[] = [];
  const heard = new Set<(key: string) => void>();
  loop = new ReconcileLoop({
    name: "test",
    clock: systemClock,
    log: silentLogger,
    debounceMs: 1,
    sources: [
      (wake) => {
        heard.add(wake);
        return () => heard.delete(wake);
      },
    ],
    unfinished: async () => ["left"],
    reconcile: async (key) => void runs.push(key),
  });
  await loop.start();
  for (const tell of heard) tell("told");
  await expect.poll(() => runs.toSorted()).toEqual(["left", "told"]);
  await loop.stop();
  expect(heard.size).toBe(0);
});
