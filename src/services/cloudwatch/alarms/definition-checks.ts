import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "../../../base/scope.ts";
import { notSupported, validationError } from "../errors.ts";
import { MathError } from "../math/value.ts";
import { evaluatorOf, mathFailure, readQueries, type Queries } from "../metrics/queries.ts";
import { extendedStatistic } from "../metrics/statistic.ts";
import type { MetricAlarmDefinition } from "../records.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const TREATMENTS = ["breaching", "notBreaching", "ignore", "missing"];
const BANDS: ReadonlySet<string> = new Set([
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
]);
/** Of one metric: they stand in `Metrics` where that is given. */
const OF_ONE_METRIC = [
  "MetricName",
  "Namespace",
  "Dimensions",
  "Period",
  "Statistic",
  "ExtendedStatistic",
  "Unit",
] as const;
const UNBUILT = [
  "ThresholdMetricId",
  "EvaluationWindow",
  "WarmUpConfiguration",
  "EvaluationCriteria",
  "EvaluationInterval",
  "ActionConfiguration",
] as const;

/**
 * What a request says of a metric alarm, checked.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 * @throws AwsError ValidationError
 */
export function checkedDefinition(scope: Scope, input: PutMetricAlarmInput): MetricAlarmDefinition {
  for (const member of UNBUILT) if (input[member] !== undefined) throw notSupported(member);
  const { ComparisonOperator, EvaluationPeriods, DatapointsToAlarm, Threshold, TreatMissingData } = input;
  if (EvaluationPeriods === undefined) throw required("EvaluationPeriods");
  if (ComparisonOperator === undefined) throw required("ComparisonOperator");
  if (BANDS.has(ComparisonOperator)) throw notSupported(`ComparisonOperator ${ComparisonOperator}`);
  if (Threshold === undefined) throw required("Threshold");
  if (!Number.isFinite(Threshold)) throw validationError("The parameter Threshold must be a finite number.");
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods)
    throw validationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
  if (TreatMissingData !== undefined && !TREATMENTS.includes(TreatMissingData))
    throw validationError(
      `The value ${TreatMissingData} is not supported for TreatMissingData parameter. Supported values are [${TREATMENTS.join(", ")}].`,
    );
  const watched = input.Metrics?.length ? mathDefinition(scope, input) : metricDefinition(input);
  return {
    ...watched,
    EvaluationPeriods,
    DatapointsToAlarm,
    Threshold,
    ComparisonOperator,
    TreatMissingData,
    EvaluateLowSampleCountPercentile: lowSamples(input),
  };
}

function lowSamples({ EvaluateLowSampleCountPercentile: option, ExtendedStatistic }: PutMetricAlarmInput) {
  if (option === undefined) return undefined;
  if (!["evaluate", "ignore"].includes(option))
    throw validationError(
      `Option ${option} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and ignore.`,
    );
  if (ExtendedStatistic === undefined)
    throw validationError("EvaluateLowSampleCountPercentile can only be specified with ExtendedStatistic.");
  return option;
}

function metricDefinition(input: PutMetricAlarmInput): MetricAlarmDefinition {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Dimensions, Period, Unit } = input;
  if (MetricName === undefined) throw required("MetricName");
  if (Namespace === undefined) throw required("Namespace");
  if (Period === undefined) throw required("Period");
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw validationError("Exactly one of Statistic and ExtendedStatistic must be specified.");
  if (ExtendedStatistic !== undefined && !extendedStatistic(ExtendedStatistic))
    throw validationError(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  checkPeriod(Period, input.EvaluationPeriods!);
  return { MetricName, Namespace, Statistic, ExtendedStatistic, Dimensions, Period, Unit };
}

function mathDefinition(scope: Scope, input: PutMetricAlarmInput): MetricAlarmDefinition {
  for (const member of OF_ONE_METRIC)
    if (input[member] !== undefined) throw validationError(`Metrics and ${member} are mutually exclusive.`);
  const queries = readQueries(scope, input.Metrics!, "Metrics");
  if (queries.returned.length !== 1)
    throw validationError("Exactly one element of the metrics list should return data.");
  if (!queries.metrics.size) throw validationError("The metrics list must have a metric.");
  const { period } = queries;
  if ([...queries.metrics.values()].some((query) => query.period !== period))
    throw validationError("All metrics of an alarm must have the same period.");
  checkPeriod(period, input.EvaluationPeriods!);
  checkResult(queries, period);
  return { Metrics: input.Metrics };
}

/** Whether the watched query has one time series as its value is seen without data. */
function checkResult(queries: Queries, period: number): void {
  const id = queries.returned[0]!;
  const empty = (label: string) => ({ label, period, points: new Map<number, number>() });
  const metrics = new Map([...queries.metrics.keys()].map((each) => [each, empty(each)] as const));
  try {
    const series = evaluatorOf(queries, metrics, { start: 0, end: period, period }).seriesOf(id);
    if (series.length !== 1) throw new MathError("The expression of an alarm must have one time series as its value");
  } catch (cause) {
    throw mathFailure(id, cause);
  }
}

function checkPeriod(period: number, evaluationPeriods: number): void {
  if (![10, 20, 30].includes(period) && period % MINUTE !== 0)
    throw validationError("Period must be 10, 20, 30 or a multiple of 60");
  const seconds = period * evaluationPeriods;
  if (period < HOUR && seconds > DAY)
    throw validationError(
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600.",
    );
  if (seconds > 7 * DAY)
    throw validationError(
      "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800).",
    );
}

function required(member: string) {
  return validationError(`The parameter ${member} is required.`);
}
