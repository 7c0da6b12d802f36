import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { WriteQueue } from "./write-queue.ts";

const WAIT = { timeout: 20_000 };

/** A queue whose batches are written down when they are over; each piece of work takes so long. */
function recorded(batchMs: number, workMs = 0): { queue: WriteQueue<string>; batches: string[][] } {
  const batches: string[][] = [];
  const queue = new WriteQueue<string>({
    batchMs,
    async runBatch(next) {
      const batch: string[] = [];
      for (let work = next(); work !== undefined; work = next()) {
        batch.push(work);
        await setTimeout(workMs);
      }
      batches.push(batch);
    },
  });
  return { queue, batches };
}

test("what waits is done together, in the order of asking", async () => {
  const { queue, batches } = recorded(60_000);
  for (const work of ["a", "b", "c"]) queue.push(work, false);
  await expect.poll(() => batches, WAIT).toEqual([["a", "b", "c"]]);
  queue.push("d", false);
  await expect.poll(() => batches, WAIT).toEqual([["a", "b", "c"], ["d"]]);
});

test("a batch takes nothing more when its time is over", async () => {
  const { queue, batches } = recorded(1, 5);
  for (const work of ["a", "b", "c"]) queue.push(work, false);
  await expect.poll(() => batches, WAIT).toEqual([["a"], ["b"], ["c"]]);
});

test("the background comes after the others, which cannot keep it waiting for ever", async () => {
  const { queue, batches } = recorded(60_000);
  for (const work of ["x", "y"]) queue.push(work, true);
  for (const work of ["a", "b", "c", "d"]) queue.push(work, false);
  await expect.poll(() => batches.flat(), WAIT).toEqual(["x", "a", "b", "y", "c", "d"]);
});

test("a long queue is worked off whole", async () => {
  const { queue, batches } = recorded(1);
  const works = Array.from({ length: 500 }, (_, index) => String(index));
  for (const work of works) queue.push(work, true);
  await expect.poll(() => batches.flat(), WAIT).toEqual(works);
});
