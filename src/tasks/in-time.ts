import type { Clock } from "../base/clock.ts";

/** Waits for work, but not for longer than `ms` milliseconds. Rejects with it. @returns whether it ended in time */
export async function inTime(work: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(
    () => false,
    () => true,
  );
  const ended = await Promise.race([work.then(() => true), late]).finally(() => over.abort());
  if (!ended) work.catch(() => {}); // nobody waits for it any more
  return ended;
}
