import { expect, test } from "vitest";
import type { AlarmState } from "../../../control/alarm-states.ts";
import { alarmsIn, holds, parseAlarmRule } from "./alarm-rule.ts";

const STATES = new Map<string, AlarmState>([
  ["a", "ALARM"],
  ["o", "OK"],
  ["two words", "INSUFFICIENT_DATA"],
]);

test.each([
  ["TRUE", true],
  ["NOT FALSE", true],
  ["ALARM(a)", true],
  ['ALARM("o")', false],
  ["OK(o) AND ALARM(a)", true],
  ["OK(a) OR ALARM(o)", false],
  ["ALARM(a) OR ALARM(o) AND FALSE", true],
  ["(ALARM(a) OR ALARM(o)) AND FALSE", false],
  ["NOT (ALARM(o) OR OK(a))", true],
  ['INSUFFICIENT_DATA("two words")', true],
  ["ALARM(unknown)", false],
  ["alarm(a) and not ok(a)", true],
])("%s is %s", (text, expected) => {
  expect(holds(parseAlarmRule(text), (name) => STATES.get(name))).toBe(expected);
});

test.each(["", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "AND", "MAYBE(a)", "ALARM(a b)", "(TRUE"])(
  "%s is no rule",
  (text) => expect(() => parseAlarmRule(text)).toThrow("AlarmRule has a syntax error"),
);

test("the alarms of a rule, each once", () => {
  expect(alarmsIn(parseAlarmRule("ALARM(a) OR (OK(b) AND NOT ALARM(a))"))).toEqual(["a", "b"]);
});
