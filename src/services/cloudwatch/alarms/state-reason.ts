import type { ComparisonOperator } from "@aws-sdk/client-cloudwatch";
import type { Criteria, Evaluation, MissingData, Point } from "./evaluation.ts";
import { Double, doubleText, jsonText, shortTimeText } from "./json-text.ts";

/** So many datapoints are listed with their count before them; of more, the latest are shown by themselves. */
const MOST_LISTED = 5;

const WORDS: Readonly<Partial<Record<ComparisonOperator, string>>> = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

const TREATED: Readonly<Record<MissingData, string>> = {
  breaching: "Breaching",
  notBreaching: "NonBreaching",
  missing: "Missing",
  ignore: "Ignored",
};

/**
 * Why an alarm is in its state, in AWS's words.
 * @param outOf whether the alarm says how many datapoints make an alarm, which is then told
 */
export function stateReason(found: Evaluation, criteria: Criteria, outOf: boolean): string {
  const { periods, toAlarm, missing } = criteria;
  if (found.state === "INSUFFICIENT_DATA") return `Insufficient Data: ${counted(periods, "datapoint")} unknown.`;
  const treated = `${counted(found.filled, "missing datapoint")} treated as [${TREATED[missing]}]`;
  if (found.filled === periods)
    return `Threshold Crossed: no datapoints were received for ${plural(periods, "period")} and ${treated}.`;
  const isAlarm = found.state === "ALARM";
  const points = isAlarm ? found.breaching : found.notBreaching;
  const least = isAlarm ? toAlarm : periods - toAlarm + 1;
  const transition = isAlarm ? "OK -> ALARM" : "ALARM -> OK";
  const minimum = outOf ? ` (minimum ${plural(least, "datapoint")} for ${transition} transition)` : "";
  const parts = [
    ...(points.length ? [crossing(points, found, criteria, outOf)] : []),
    ...(found.filled ? [treated] : []),
  ];
  return `Threshold Crossed: ${parts.join(" and ")}${minimum}.`;
}

function crossing(points: readonly Point[], { state }: Evaluation, criteria: Criteria, outOf: boolean): string {
  const verb = points.length === 1 ? "was" : "were";
  const not = state === "ALARM" ? "" : "not ";
  const comparison = `${verb} ${not}${WORDS[criteria.operator]} the threshold (${doubleText(criteria.threshold)})`;
  const many = outOf
    ? `${points.length} out of the last ${criteria.periods} datapoints`
    : plural(points.length, "datapoint");
  const listed = points.slice(0, MOST_LISTED).map(shown).join(", ");
  if (points.length < MOST_LISTED) return `${many} [${listed}] ${comparison}`;
  const which = state === "ALARM" ? "crossed" : "did not cross";
  return `${many} ${comparison}. The most recent datapoints which ${which} the threshold: [${listed}]`;
}

function shown({ time, value }: Point): string {
  return `${doubleText(value!)} (${shortTimeText(new Date(time))})`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function counted(count: number, noun: string): string {
  return `${plural(count, noun)} ${count === 1 ? "was" : "were"}`;
}

/** What the reason says, as JSON. */
export interface ReasonFacts {
  queryDate: Date;
  unit: string | undefined;
  /** Unset for alarms on metric math. */
  statistic: string | undefined;
  period: number;
  threshold: number;
  /** The latest first. */
  range: readonly Point[];
  periods: number;
}

export function stateReasonData(facts: ReasonFacts): string {
  const real = facts.range.filter(({ value }) => value !== undefined).slice(0, facts.periods);
  const missing = facts.range.filter(({ value }) => value === undefined).slice(0, facts.periods - real.length);
  const evaluated = [...real, ...missing].toSorted((a, b) => b.time - a.time);
  return jsonText({
    version: "1.0",
    queryDate: facts.queryDate,
    startDate: real.length ? new Date(real.at(-1)!.time) : undefined,
    unit: facts.unit,
    statistic: facts.statistic,
    period: facts.period,
    recentDatapoints: real.toReversed().map(({ value }) => new Double(value!)),
    threshold: new Double(facts.threshold),
    evaluatedDatapoints: evaluated.map(({ time, value, sampleCount }) => ({
      timestamp: new Date(time),
      sampleCount: sampleCount === undefined ? undefined : new Double(sampleCount),
      value: value === undefined ? undefined : new Double(value),
    })),
  });
}
