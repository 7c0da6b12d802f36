import { expect, test } from "vitest";
import { atLeast } from "./check.ts";
import { runcHasFixes } from "./programs.ts";

test.each([
  ["1.6.20~ds1", "1.6", true],
  ["1.6", "1.6.0", true],
  ["2.0.1", "1.6", true],
  ["1.5.18", "1.6", false],
  ["5.10.0-28-amd64", "5.4", true],
  ["4.19.0", "5.4", false],
  ["1.10", "1.9", true],
])("%s is at least %s: %s", (version, minimum, expected) => {
  expect(atLeast(version, minimum)).toBe(expected);
});

test.each([
  ["1.1.5+ds1", false],
  ["1.2.7", false],
  ["1.2.8", true],
  ["1.3.0", false],
  ["1.3.2", false],
  ["1.3.3+ds1", true],
  ["1.4.0-rc.2", false],
  ["1.4.0-rc.3", true],
  ["1.4.0", true],
])("runc %s has the fixes of 2025: %s", (version, expected) => {
  expect(runcHasFixes(version)).toBe(expected);
});
