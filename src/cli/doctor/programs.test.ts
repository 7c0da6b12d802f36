import { expect, test } from "vitest";
import { atLeast } from "./check.ts";
import { isFixed, openAdvisories } from "./advisories.ts";

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

const RUNC_2025 = ["1.2.8", "1.3.3", "1.4.0-rc.3"];

test.each([
  ["1.1.5+ds1", RUNC_2025, false],
  ["1.2.7", RUNC_2025, false],
  ["1.2.8", RUNC_2025, true],
  ["1.3.0", RUNC_2025, false],
  ["1.3.2", RUNC_2025, false],
  ["1.3.3+ds1", RUNC_2025, true],
  ["1.4.0-rc.2", RUNC_2025, false],
  ["1.4.0~rc3+ds1", RUNC_2025, true],
  ["1.4.0", RUNC_2025, true],
  ["1.5.0", RUNC_2025, true],
  ["2.0.0", RUNC_2025, true],
  ["1.0.0-rc93+ds1", ["1.0.0-rc.95"], false],
  ["1.6.20~ds1", ["1.5.18", "1.6.18"], true],
  ["1.6.38", ["1.7.29", "2.0.7", "2.1.5", "2.2.0"], false],
  ["2.1.5", ["1.7.29", "2.0.7", "2.1.5", "2.2.0"], true],
  ["2.3.0", ["1.7.29", "2.0.7", "2.1.5", "2.2.0"], true],
])("%s has the fix of %j: %s", (version, fixedIn, expected) => {
  expect(isFixed(version, fixedIn)).toBe(expected);
});

test("what a distribution's changelog names is closed", () => {
  const open = (changelog: string) => openAdvisories("runc", "1.1.5+ds1", changelog).map(({ cve }) => cve);
  const of2025 = ["CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881"];
  expect(open("")).toEqual(["CVE-2024-21626", ...of2025]);
  expect(open("  * CVE-2024-21626: several container breakouts")).toEqual(of2025);
});
