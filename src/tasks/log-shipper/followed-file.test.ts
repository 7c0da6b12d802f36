import { appendFileSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Destination } from "./destination.ts";
import { FollowedFile, SPARED_BYTES } from "./followed-file.ts";
import { LogFile } from "./log-file.ts";

const NOW = 1_900_000_000_000;

/** A file of the `blocking` mode with something unread, of an engine that last stored something at `storedAt`. */
function withFile<T>(write: (path: string) => void, look: (followed: FollowedFile) => T, storedAt = NOW): T {
  const folder = mkdtempSync(join(tmpdir(), "neargate-followed-"));
  const path = join(folder, "stdout");
  write(path);
  const file = LogFile.open(path, 0, false)!;
  const route = {
    destination: {} as Destination,
    maxBufferBytes: Number.POSITIVE_INFINITY,
    maxBufferEvents: Number.POSITIVE_INFINITY,
  };
  const found = look(new FollowedFile({ source: "s", output: "stdout", file }, route, storedAt));
  file.close();
  rmSync(folder, { recursive: true });
  return found;
}

/** Of three places of ten lines that were last written at `writtenAt`. */
function timesOf(writtenAt: number, storedAt: number): number[] {
  const write = (path: string) => {
    appendFileSync(path, "a line\n".repeat(10));
    utimesSync(path, writtenAt / 1000, writtenAt / 1000);
  };
  return withFile(write, (followed) => [0, 35, 69].map((offset) => followed.timeAt(offset, NOW)), storedAt);
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

test("output that may wait in any amount does so, but for a disk that is nearly full", () => {
  const lines = SPARED_BYTES / 64 + 1000;
  const write = (path: string) => appendFileSync(path, `${"x".repeat(63)}\n`.repeat(lines));
  const places = withFile(write, (followed) => [followed.overflowsUpTo(false), followed.overflowsUpTo(true)]);
  expect(places).toEqual([undefined, 64 * 1001]);
  expect(
    withFile(
      (path) => appendFileSync(path, "x\n"),
      (followed) => followed.overflowsUpTo(true),
    ),
  ).toBeUndefined();
});

test("what has to wait keeps the time at which it was seen", () => {
  const times = withFile(
    (path) => appendFileSync(path, ""),
    (followed) => {
      const { path } = followed.file;
      appendFileSync(path, "a\n");
      followed.timeAt(0, NOW - 5000);
      followed.takeBack(NOW - 5000);
      appendFileSync(path, "b\n");
      followed.keepTime(NOW - 4000);
      followed.timeAt(2, NOW - 3000);
      followed.takeBack(NOW - 3000);
      appendFileSync(path, "c\n");
      const before = [0, 2, 4].map((offset) => followed.timeAt(offset, NOW));
      followed.advance(6);
      return [...before, followed.timeAt(6, NOW + 1)];
    },
  );
  expect(times).toEqual([NOW - 5000, NOW - 4000, NOW, NOW + 1]);
});
