import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidCombination, invalidParameter, invalidValue, mutuallyExclusive } from "../errors.ts";
import { metricId } from "../metrics/metric-id.ts";
import { isPeriod, roundedStart } from "../metrics/retention.ts";
import { readPeriods, type PeriodSummary } from "../metrics/series.ts";
import { extendedStatistic, statisticNamed } from "../metrics/statistic.ts";

const MAX_DATAPOINTS = 1440;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export function getMetricStatistics(cloudwatch: CloudWatch) {
  return async (input: GetMetricStatisticsInput, { scope }: RequestContext): Promise<GetMetricStatisticsOutput> => {
    const { metrics, clock } = cloudwatch;
    const now = Math.floor(clock.now() / 1000);
    const period = input.Period!;
    checkRequest(input);
    const start = roundedStart(input.StartTime!.getTime() / 1000, period, now);
    const end = input.EndTime!.getTime() / 1000;
    const count = Math.ceil((end - start) / period);
    if (count > MAX_DATAPOINTS)
      throw invalidCombination(
        `You have requested up to ${count} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    const metric = metricId(input.Namespace!, input.MetricName!, input.Dimensions);
    const wanted = { unit: input.Unit, withValues: (input.ExtendedStatistics ?? []).length > 0 };
    const found = await readPeriods(metrics, scope, metric, { start, end, period }, now, wanted);
    return { Label: input.MetricName, Datapoints: found.flatMap((each) => datapoints(input, each)) };
  };
}

function checkRequest({ StartTime, EndTime, Period, Statistics, ExtendedStatistics }: GetMetricStatisticsInput): void {
  if (!isPeriod(Period!))
    throw invalidValue(`The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.`);
  if (StartTime! >= EndTime!) throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  if (Statistics?.length && ExtendedStatistics?.length) throw mutuallyExclusive("Statistics", "ExtendedStatistics");
  if (!Statistics?.length && !ExtendedStatistics?.length)
    throw invalidCombination("At least one of the parameters ExtendedStatistics and Statistics must be specified.");
  for (const [index, name] of (ExtendedStatistics ?? []).entries())
    if (!extendedStatistic(name)) throw invalidParameter(name, `ExtendedStatistics.member.${index + 1}`);
}

/** None where what is known tells none of the statistics. */
function datapoints(
  { Statistics = [], ExtendedStatistics = [] }: GetMetricStatisticsInput,
  { time, unit, summary }: PeriodSummary,
): Datapoint[] {
  const values = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = statisticNamed(name)!(summary);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const extended = values(ExtendedStatistics);
  const hasExtended = Object.keys(extended).length > 0;
  if (!Statistics.length && !hasExtended) return [];
  return [
    {
      Timestamp: new Date(time * 1000),
      Unit: unit as StandardUnit,
      ...values(Statistics),
      ...(hasExtended ? { ExtendedStatistics: extended } : {}),
    },
  ];
}
