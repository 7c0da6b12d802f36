import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IdRanges, IDS_PER_TASK } from "./id-ranges.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-ids-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a task keeps its range until it gives it back", () => {
  const ranges = new IdRanges("aaaaaa", folder);
  expect(ranges.find("task")).toBeUndefined();
  const first = ranges.claim("task");
  expect(new IdRanges("aaaaaa", folder).claim("task")).toBe(first);
  expect(ranges.find("task")).toBe(first);
  ranges.release("task");
  ranges.release("task");
  expect(ranges.find("task")).toBeUndefined();
});

test("no two tasks have the same, whichever engine they are of, and none has signed or usual ids", () => {
  const engines = [new IdRanges("aaaaaa", folder), new IdRanges("bbbbbb", folder)];
  const firsts = engines.flatMap((ranges) => Array.from({ length: 100 }, (_, index) => ranges.claim(String(index))));
  expect(new Set(firsts).size).toBe(200);
  for (const first of firsts) {
    expect(first % IDS_PER_TASK).toBe(0);
    expect(first).toBeGreaterThanOrEqual(0x7000_0000);
    expect(first + IDS_PER_TASK).toBeLessThanOrEqual(0x7ffe_0000);
  }
  engines[0]!.release("7");
  expect(engines[1]!.taskIds()).toHaveLength(100);
  expect(engines[0]!.taskIds()).toHaveLength(99);
});

test("when all are taken there is none", () => {
  for (let index = 0; index < 4094; index++)
    symlinkSync("other/task", join(folder, String(0x7000_0000 + index * IDS_PER_TASK)));
  expect(() => new IdRanges("aaaaaa", folder).claim("task")).toThrow("all 4094 ranges");
});
