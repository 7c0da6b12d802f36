import { expect, test } from "vitest";
import { checkRules, nextRotation } from "./schedule.ts";

/** A Wednesday. */
const AFTER = new Date("2026-02-11T09:30:00Z");

test.each([
  ["rate(1 day)", "2026-02-12T00:00"],
  ["rate(10 days)", "2026-02-21T00:00"],
  ["rate(4 hours)", "2026-02-11T13:00"],
  ["rate(24 hours)", "2026-02-12T09:00"],
  ["cron(0 10 * * ? *)", "2026-02-11T10:00"],
  ["cron(0 9 * * ? *)", "2026-02-12T09:00"],
  ["cron(0 /8 * * ? *)", "2026-02-11T16:00"],
  ["cron(0 0/8 * * ? *)", "2026-02-11T16:00"],
  ["cron(0 */6 * * ? *)", "2026-02-11T12:00"],
  ["cron(0 8 1 * ? *)", "2026-03-01T08:00"],
  ["cron(0 8 L * ? *)", "2026-02-28T08:00"],
  ["cron(0 8 31 * ? *)", "2026-03-31T08:00"],
  ["cron(0 16 ? * SUN *)", "2026-02-15T16:00"],
  ["cron(0 16 ? * 2-6 *)", "2026-02-11T16:00"],
  ["cron(0 16 ? * MON,FRI *)", "2026-02-13T16:00"],
  ["cron(0 6 ? * 2#1 *)", "2026-03-02T06:00"],
  ["cron(0 6 ? * 6L *)", "2026-02-27T06:00"],
  ["cron(0 6 ? * L *)", "2026-02-14T06:00"],
  ["cron(0 4 1 1/3 ? *)", "2026-04-01T04:00"],
  ["cron(0 4 29 FEB ? *)", "2028-02-29T04:00"],
  ["cron(0 4 31 2 ? *)", null],
  ["cron(5 4 * * ? *)", undefined],
  ["cron(0 4 * * * *)", undefined],
  ["cron(0 4 ? * ? *)", undefined],
  ["cron(0 4 * * ? 2027)", undefined],
  ["cron(0 24 * * ? *)", undefined],
  ["cron(0 4 * * ?)", undefined],
  ["rate(3 hours)", undefined],
  ["rate(0 days)", undefined],
  ["rate(5 minutes)", undefined],
  ["daily", undefined],
])("%s", (ScheduleExpression, next) => {
  const find = () => nextRotation({ ScheduleExpression }, AFTER)?.toISOString().slice(0, 16) ?? null;
  if (next === undefined) expect(find).toThrow(`The ScheduleExpression ${ScheduleExpression} is not valid.`);
  else expect(find()).toBe(next);
});

test("days are counted to the beginning of a day; both ways of a schedule exclude each other", () => {
  expect(nextRotation({ AutomaticallyAfterDays: 30 }, AFTER)).toEqual(new Date("2026-03-13T00:00:00Z"));
  expect(nextRotation({}, AFTER)).toBeUndefined();
  expect(() => checkRules({ AutomaticallyAfterDays: 1, ScheduleExpression: "rate(1 day)" })).toThrow("both");
  expect(() => checkRules({ AutomaticallyAfterDays: 1, Duration: "25h" })).toThrow("Duration");
  expect(() => checkRules({ AutomaticallyAfterDays: 1, Duration: "3h" })).not.toThrow();
});
