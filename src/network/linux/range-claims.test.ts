import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RangeClaims } from "./range-claims.ts";

const RANGE = "198.19.0.0/22";
let folder: string;
let one: RangeClaims;
let two: RangeClaims;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-claims-"));
  one = new RangeClaims(join(folder, "ranges"), "aaaaaa");
  two = new RangeClaims(join(folder, "ranges"), "bbbbbb");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a range belongs to the first, who may claim it again", () => {
  expect(one.claim(RANGE, () => false)).toBe(true);
  expect(one.claim(RANGE, () => false)).toBe(true);
  expect(two.claim(RANGE, () => false)).toBe(false);
  expect(two.claim("198.19.4.0/22", () => false)).toBe(true);
});

test("what was given back is free, and nothing else is given back", () => {
  one.claim(RANGE, () => false);
  two.claim("198.19.4.0/22", () => false);
  one.release();
  expect(two.claim(RANGE, () => false)).toBe(true);
  expect(one.claim("198.19.4.0/22", () => false)).toBe(false);
});

test("an old claim counts as long as its engine is alive", () => {
  one.claim(RANGE, () => false);
  utimesSync(join(folder, "ranges", "198.19.0.0_22"), 0, 0);
  expect(two.claim(RANGE, (instance) => instance === "aaaaaa")).toBe(false);
  expect(two.claim(RANGE, () => false)).toBe(true);
  expect(one.claim(RANGE, () => false)).toBe(false);
});
