import { expect, test } from "vitest";
import { compileMultilinePattern } from "./multiline-pattern.ts";
import { datetimePattern } from "./strftime.ts";

test.each<[pattern: string, yes: string[], no: string[]]>([
  ["^INFO", ["INFO a"], [" INFO", "info"]],
  ["", ["", "anything"], []],
  ["a|b", ["xa", "b"], ["c"]],
  ["(?i)^info[x-z]", ["iNfOY"], ["inf"]],
  ["(?i:é)B", ["ÉB"], ["Éb"]],
  ["(?P<year>\\d{4})-(?<m>\\d{2})", ["on 2024-11"], ["24-1"]],
  ["^[[:alpha:]_]{3,5}$", ["abc", "a_bcd"], ["ab", "abcdef", "1bc"]],
  ["^[^\\s]", ["x", "日"], [" x", "\tx", ""]],
  ["^[]a-]+$", ["]-a"], ["b"]],
  ["\\Qa.b\\E+", ["a.b"], ["axb"]],
  ["\\x41\\x{1f642}\\.\\[", ["A🙂.["], ["A"]],
  ["^.$", ["\r", "x"], ["xy", "\n"]],
  ["^\\S+\\b:", ["app:"], [" :"]],
  ["^a{32}$", ["a".repeat(32)], ["a".repeat(31), "a".repeat(33)]],
  ["^(ab?){2,}$", ["aab", "ababab"], ["a"]],
  ["^\\Ax\\z", ["x"], ["xy"]],
  ["^(?:[1,2][0-9]|3[0,1])$", ["3,", "12"], ["32"]],
])("%s", (pattern, yes, no) => {
  const matches = compileMultilinePattern(pattern);
  expect({ yes: yes.filter((line) => !matches(line)), no: no.filter(matches) }).toEqual({ yes: [], no: [] });
});

test.each<[pattern: string, reason: string]>([
  ["(", "missing closing ): `(`"],
  ["a)", "unexpected ): `a)`"],
  ["*a", "missing argument to repetition operator: `*`"],
  ["a**", "invalid nested repetition operator: `*`"],
  ["[a", "missing closing ]: `[a`"],
  ["[z-a]", "invalid character class range: `z-a`"],
  ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
  ["(a)\\1", "invalid escape sequence: `\\1`"],
  ["a{1001}", "invalid repeat count: `{1001}`"],
  ["((a{100}){100}){100}", "expression too large"],
])("%s is refused", (pattern, reason) => {
  expect(() => compileMultilinePattern(pattern)).toThrow(
    `awslogs could not parse multiline pattern key ${JSON.stringify(pattern)}: error parsing regexp: ${reason}`,
  );
});

test("no pattern takes more than linear time", () => {
  const started = process.cpuUsage(); // of this process: others may have the processor meanwhile
  for (const pattern of ["^(a+)+$", "(a|a)*b$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"])
    compileMultilinePattern(pattern)(`${"a".repeat(50_000)}!${"x".repeat(50_000)}`);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000); // squared, it would take a minute
});

test.each<[format: string, yes: string, no: string]>([
  ["\\[%b %d, %Y %H:%M:%S\\]", "[May 01, 2017 19:00:01] A", "[May 41, 2017 19:00:01]"],
  ["%Y-%m-%dT%H:%M:%S%L", "2024-11-21T15:02:11.123Z", "2024-13-21T15:02:11.123Z"],
  ["%A %B %p %z", "Monday January AM +0100", "Mo January AM +0100"],
  ["%y%j%f%w%I%a%Z", "24366123456012SunCEST", "24366123456012Sun"],
  ["^%q%H", "23 x", "x23"],
])("the format %s", (format, yes, no) => {
  const matches = compileMultilinePattern(datetimePattern(format));
  expect([matches(yes), matches(no)]).toEqual([true, false]);
});
