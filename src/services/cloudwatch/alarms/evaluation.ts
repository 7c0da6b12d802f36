import type { ComparisonOperator } from "@aws-sdk/client-cloudwatch";
import type { AlarmState } from "../../../control/alarm-states.ts";

export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

/** A period of the evaluation range. */
export interface Point {
  /** Where it begins, milliseconds since 1970. */
  time: number;
  /** Unset when there is no data. */
  value: number | undefined;
  sampleCount?: number;
}

/** When an alarm goes off. */
export interface Criteria {
  /** N: how many periods count. */
  periods: number;
  /** M: how many of them must breach the threshold. */
  toAlarm: number;
  threshold: number;
  operator: ComparisonOperator;
  missing: MissingData;
  /** How many samples a period must have at the least, for alarms that ignore percentiles of fewer. */
  leastSamples?: number;
}

/** What an evaluation found, with what it was found from: the latest first. */
export interface Evaluation {
  state: AlarmState;
  breaching: Point[];
  notBreaching: Point[];
  /** Periods without data that were counted as the alarm treats them. */
  filled: number;
}

/** So many periods more than an alarm needs are looked at, in case that some have no data. */
const MORE_PERIODS = 2;

/** How many periods are read to evaluate an alarm: its evaluation range. */
export function evaluationRange(periods: number): number {
  return periods + MORE_PERIODS;
}

/** Whether a value breaches the threshold. */
export function breaches(value: number, operator: ComparisonOperator, threshold: number): boolean {
  switch (operator) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "LessThanThreshold":
      return value < threshold;
    case "LessThanOrEqualToThreshold":
      return value <= threshold;
    default:
      throw new Error(`${operator} has bands, not a threshold`);
  }
}

/**
 * Decides the state of an alarm.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param range the periods of the evaluation range, the latest first
 * @returns `undefined` when the alarm keeps its state
 */
export function evaluate(range: readonly Point[], criteria: Criteria): Evaluation | undefined {
  const { periods, toAlarm, missing } = criteria;
  const real = range.filter(({ value }) => value !== undefined).slice(0, periods);
  if (criteria.leastSamples !== undefined && real.some(({ sampleCount = 0 }) => sampleCount < criteria.leastSamples!))
    return undefined;
  const isBreaching = ({ value }: Point) => breaches(value!, criteria.operator, criteria.threshold);
  const breaching = real.filter(isBreaching);
  const found = { breaching, notBreaching: real.filter((point) => !isBreaching(point)), filled: periods - real.length };
  const stateOf = (count: number) => ({ ...found, state: count >= toAlarm ? ("ALARM" as const) : ("OK" as const) });

  if (found.filled === 0 || breaching.length >= toAlarm) return stateOf(breaching.length);
  if (missing === "breaching") return stateOf(breaching.length + found.filled);
  if (missing === "notBreaching") return stateOf(breaching.length);
  if (found.notBreaching.length) return stateOf(breaching.length);
  if (missing === "ignore") return undefined;
  if (!real.length) return { ...found, state: "INSUFFICIENT_DATA" };
  // Nothing that is there is good: it counts as an alarm once the oldest has had its time to be followed by others.
  const age = range.findLastIndex(({ value }) => value !== undefined) + 1;
  return { ...found, state: age >= toAlarm ? "ALARM" : "OK" };
}
