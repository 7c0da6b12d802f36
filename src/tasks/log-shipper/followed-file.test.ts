import { appendFileSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Destination } from "./destination.ts";
import { FollowedFile } from "./followed-file.ts";
import { LogFile } from "./log-file.ts";

const NOW = 1_900_000_000_000;

/** A file with ten lines unread, last written at `writtenAt`, of an engine that last stored something at `storedAt`. */
function timesOf(writtenAt: number, storedAt: number): number[] {
  const folder = mkdtempSync(join(tmpdir(), "neargate-times-"));
  const path = join(folder, "stdout");
  appendFileSync(path, "a line\n".repeat(10));
  utimesSync(path, writtenAt / 1000, writtenAt / 1000);
  const file = LogFile.open(path, 0, false)!;
  const route = {
    destination: {} as Destination,
    maxBufferBytes: Number.POSITIVE_INFINITY,
    maxBufferEvents: Number.POSITIVE_INFINITY,
  };
  const followed = new FollowedFile({ source: "s", output: "stdout", file }, route, storedAt);
  const times = [0, 35, 69].map((offset) => followed.timeAt(offset, NOW));
  file.close();
  rmSync(folder, { recursive: true });
  return times;
}

test("what was written while nobody read has times from then", () => {
  const [first, middle, last] = timesOf(NOW - 1000, NOW - 3000) as [number, number, number];
  expect(first).toBe(NOW - 3000);
  expect(middle).toBe(NOW - 2000);
  expect(last).toBeLessThanOrEqual(NOW - 1000);
  expect(last).toBeGreaterThan(middle);
});

test("what was written before the last was stored comes behind that, so that no line overtakes another", () => {
  expect(timesOf(NOW - 3000, NOW - 1000)).toEqual([NOW - 1000, NOW - 1000, NOW - 1000]);
});

test("nothing is from the future", () => {
  expect(timesOf(NOW + 5000, NOW + 3000)).toEqual([NOW, NOW, NOW]);
});
