import { expect, test } from "vitest";
import { Glob, globParts } from "./glob.ts";

const matches = (glob: string, value: string) => new Glob(globParts(glob)).matches(value);
const a = (count: number) => "a".repeat(count);

test.each([
  ["*", "", true],
  ["?", "", false],
  ["?*", "ab", true],
  ["a*b?d*e", "aXbcdYe", true],
  ["a*b?d*e", "aXbXbcdYe", true],
  ["a*b?d*e", "aXbdYe", false],
  ["*?b?*", "abb", true],
  ["*?b?*", "bbb", true],
  ["*?b?*", "ab", false],
  // Longer than a word of bits, and than two.
  [`*${a(40)}?b*`, `x${a(41)}bx`, true],
  [`*${a(40)}?b*`, `x${a(40)}bx`, false],
  [`*a${"?".repeat(30)}c*`, `xa${a(30)}c`, true],
  [`*a${"?".repeat(31)}c*`, `xa${a(30)}c`, false],
  [`*b${a(99)}*`, `bb${a(99)}`, true],
  [`*b${a(99)}*`, `bb${a(98)}`, false],
  [`*${a(63)}b*${a(31)}?c*`, `${a(70)}b${a(31)}xcc`, true],
])("%s and %s: %s", (glob, value, expected) => {
  expect(matches(glob, value)).toBe(expected);
});

test("what a glob takes does not depend on what it and the value are made of", () => {
  const value = a(16 * 1024);
  const hostile = [
    `*${"?".repeat(2000)}b*`,
    `*${"a?".repeat(1000)}b*`,
    `*b${"a".repeat(2000)}*`,
    `*${a(1000)}b${a(1000)}*`,
  ];
  // Beside one that fits nowhere, however fast the machine is. What it does meanwhile only makes single rounds longer.
  const [harmless, ...others] = [`*${"x".repeat(2001)}*`, ...hostile].map((text) => ({
    glob: new Glob(globParts(text)),
    tookMs: Infinity,
  }));
  for (let round = 0; round < 10; round++)
    for (const each of [harmless!, ...others]) {
      const started = performance.now();
      expect(each.glob.matches(value)).toBe(false);
      each.tookMs = Math.min(each.tookMs, performance.now() - started);
    }
  for (const { tookMs } of others) expect(tookMs).toBeLessThan(6 * harmless!.tookMs);
});
