import { describe, expect, test } from "vitest";
import { breaches, evaluate, type Criteria, type MissingData, type Point } from "./evaluation.ts";
import { stateReason, stateReasonData } from "./state-reason.ts";

/** `0` is within the threshold, `X` beyond, `-` missing; the latest comes last, as in AWS's tables. */
function range(text: string): Point[] {
  const signs = text.split(" ").toReversed();
  return signs.map((sign, index) => ({
    time: Date.UTC(2026, 4, 1, 12, 0) - index * 300_000,
    value: sign === "-" ? undefined : sign === "X" ? 9 : 1,
    sampleCount: sign === "-" ? undefined : 3,
  }));
}

const criteria = (toAlarm: number, missing: MissingData, more: Partial<Criteria> = {}): Criteria => ({
  periods: 3,
  toAlarm,
  threshold: 5,
  operator: "GreaterThanThreshold",
  missing,
  ...more,
});

const TREATMENTS = ["missing", "ignore", "breaching", "notBreaching"] as const;

describe("the tables of AWS's guide", () => {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html; `keep`: the state stays.
  test.each([
    [3, "0 - X - X", "OK", "OK", "OK", "OK"],
    [3, "0 - - - -", "OK", "OK", "OK", "OK"],
    [3, "- - - - -", "INSUFFICIENT_DATA", "keep", "ALARM", "OK"],
    [3, "0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [3, "- - X - -", "ALARM", "keep", "ALARM", "OK"],
    [2, "0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [2, "0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
    [2, "0 - X - -", "OK", "OK", "ALARM", "OK"],
    [2, "- - - - 0", "OK", "OK", "ALARM", "OK"],
    [2, "- - - X -", "ALARM", "keep", "ALARM", "OK"],
  ])("%i out of 3: %s", (toAlarm, data, ...states) => {
    const found = TREATMENTS.map((missing) => evaluate(range(data), criteria(toAlarm, missing))?.state ?? "keep");
    expect(found).toEqual(states);
  });

  test.each(["- - - - X", "- - - X -"])("no alarm comes before its time: %s", (data) =>
    expect(evaluate(range(data), criteria(3, "missing"))?.state).not.toBe("ALARM"),
  );
});

test("percentiles of too few samples leave the state", () => {
  expect(evaluate(range("X X X X X"), criteria(3, "missing", { leastSamples: 10 }))).toBeUndefined();
  expect(evaluate(range("X X X X X"), criteria(3, "missing", { leastSamples: 3 }))?.state).toBe("ALARM");
});

test.each([
  ["GreaterThanThreshold", [false, false, true]],
  ["GreaterThanOrEqualToThreshold", [false, true, true]],
  ["LessThanThreshold", [true, false, false]],
  ["LessThanOrEqualToThreshold", [true, true, false]],
] as const)("%s", (operator, expected) => {
  expect([4, 5, 6].map((value) => breaches(value, operator, 5))).toEqual(expected);
});

describe("reasons", () => {
  const at = (minutes: string) => `(01/05/26 ${minutes}:00)`;

  test.each<[string, Criteria, boolean, string]>([
    [
      "X X X X X",
      criteria(3, "missing"),
      false,
      `3 datapoints [9.0 ${at("12:00")}, 9.0 ${at("11:55")}, 9.0 ${at("11:50")}] were greater than the threshold (5.0).`,
    ],
    [
      "X X 0 X X",
      criteria(3, "missing"),
      false,
      `1 datapoint [1.0 ${at("11:50")}] was not greater than the threshold (5.0).`,
    ],
    [
      "X X 0 X X",
      criteria(2, "missing"),
      true,
      `2 out of the last 3 datapoints [9.0 ${at("12:00")}, 9.0 ${at("11:55")}] were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).`,
    ],
    [
      "X 0 0 X X",
      criteria(3, "missing"),
      true,
      `1 out of the last 3 datapoints [1.0 ${at("11:50")}] was not greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).`,
    ],
    [
      "- - - - X",
      criteria(3, "breaching"),
      false,
      `1 datapoint [9.0 ${at("12:00")}] was greater than the threshold (5.0) and 2 missing datapoints were treated as [Breaching].`,
    ],
    [
      "- - - - -",
      criteria(3, "notBreaching"),
      false,
      "no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].",
    ],
    [
      "X X X X X X X",
      criteria(5, "missing", { periods: 5 }),
      true,
      `5 out of the last 5 datapoints were greater than the threshold (5.0). The most recent datapoints which crossed the threshold: [9.0 ${at("12:00")}, 9.0 ${at("11:55")}, 9.0 ${at("11:50")}, 9.0 ${at("11:45")}, 9.0 ${at("11:40")}] (minimum 5 datapoints for OK -> ALARM transition).`,
    ],
  ])("%s", (data, asked, outOf, expected) => {
    const found = evaluate(range(data), asked)!;
    expect(stateReason(found, asked, outOf)).toBe(`Threshold Crossed: ${expected}`);
  });

  test("of no data", () => {
    const asked = criteria(3, "missing");
    expect(stateReason(evaluate(range("- - - - -"), asked)!, asked, false)).toBe(
      "Insufficient Data: 3 datapoints were unknown.",
    );
  });

  test("as JSON: the latest datapoints that were evaluated, the missing ones among them", () => {
    const text = stateReasonData({
      queryDate: new Date("2026-05-01T12:05:01.234Z"),
      unit: "Seconds",
      statistic: "Average",
      period: 300,
      threshold: 5,
      range: range("0 - - - X"),
      periods: 3,
    });
    expect(text).toBe(
      '{"version":"1.0","queryDate":"2026-05-01T12:05:01.234+0000","startDate":"2026-05-01T11:40:00.000+0000",' +
        '"unit":"Seconds","statistic":"Average","period":300,"recentDatapoints":[1.0,9.0],"threshold":5.0,' +
        '"evaluatedDatapoints":[{"timestamp":"2026-05-01T12:00:00.000+0000","sampleCount":3.0,"value":9.0},' +
        '{"timestamp":"2026-05-01T11:55:00.000+0000"},' +
        '{"timestamp":"2026-05-01T11:40:00.000+0000","sampleCount":3.0,"value":1.0}]}',
    );
  });
});
