import type { GetMetricDataInput, GetMetricDataOutput, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import type { Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidNextToken, validationError } from "../errors.ts";
import type { Series } from "../math/value.ts";
import {
  evaluatorOf,
  mathFailure,
  readQueries,
  readSeries,
  type MetricQuery,
  type MetricSeries,
  type Queries,
} from "../metrics/queries.ts";
import { roundedStart } from "../metrics/retention.ts";

const MAX_DATAPOINTS = 100_800;

/** A series of the answer, before it is paged. */
interface Result {
  id: string;
  label: string;
  /** In the order that was asked for. */
  points: readonly (readonly [time: number, value: number])[];
  /** More than one where data came in several units. */
  units: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export function getMetricData(cloudwatch: CloudWatch) {
  return async (input: GetMetricDataInput, { scope }: RequestContext): Promise<GetMetricDataOutput> => {
    const { MetricDataQueries, StartTime, EndTime, MaxDatapoints = MAX_DATAPOINTS, NextToken, ScanBy } = input;
    const queries = readQueries(scope, MetricDataQueries!, "MetricDataQueries");
    if (StartTime! >= EndTime!)
      throw validationError("The parameter StartTime must be less than the parameter EndTime.");
    if (MaxDatapoints < 1 || MaxDatapoints > MAX_DATAPOINTS)
      throw validationError(`The value ${MaxDatapoints} for parameter MaxDatapoints is invalid.`);
    const ascending = ScanBy === "TimestampAscending";
    const results = resultsOf(cloudwatch, scope, queries, input).map((result) => ({
      ...result,
      points: ascending ? result.points : result.points.toReversed(),
    }));
    return pageOf(results, placeOf(NextToken), MaxDatapoints, ascending);
  };
}

function resultsOf(
  { metrics: store, clock }: CloudWatch,
  scope: Scope,
  queries: Queries,
  { StartTime, EndTime }: GetMetricDataInput,
): Result[] {
  const now = Math.floor(clock.now() / 1000);
  const end = EndTime!.getTime() / 1000;
  const startFor = (period: number) => roundedStart(StartTime!.getTime() / 1000, period, now);
  const series = new Map<string, MetricSeries>();
  for (const [id, query] of queries.metrics)
    series.set(id, readSeries(store, scope, query, { start: startFor(query.period), end }, now));
  const { period } = queries;
  const evaluator = evaluatorOf(queries, series, { start: startFor(period), end, period });
  const labels = defaultLabels([...queries.metrics.values()].filter(({ id }) => queries.returned.includes(id)));
  return queries.returned.flatMap((id): Result[] => {
    const metric = series.get(id);
    const asResult = ({ label, points }: Series, units: readonly string[] = []): Result => ({
      id,
      label,
      points: [...points],
      units,
    });
    if (metric)
      return [asResult({ ...metric, label: queries.metrics.get(id)?.label ?? labels.get(id)! }, metric.units)];
    try {
      return evaluator.seriesOf(id).map((each) => asResult(each));
    } catch (cause) {
      throw mathFailure(id, cause);
    }
  });
}

/** A metric's name, with what tells it from the others of the request. */
function defaultLabels(queries: readonly MetricQuery[]): Map<string, string> {
  const differ = (value: (query: MetricQuery) => string | number) => new Set(queries.map(value)).size > 1;
  const statistics = differ(({ statisticName }) => statisticName);
  const periods = differ(({ period }) => period);
  return new Map(
    queries.map(({ id, metric, statisticName, period }) => [
      id,
      [metric.name, ...(statistics ? [statisticName] : []), ...(periods ? [period] : [])].join(" "),
    ]),
  );
}

function placeOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [place] = readPageToken("metric-data", token) ?? [];
  if (typeof place !== "number") throw invalidNextToken();
  return place;
}

/** So many datapoints of all results together, in the order of their times. */
function pageOf(results: readonly Result[], from: number, count: number, ascending: boolean): GetMetricDataOutput {
  const sign = ascending ? 1 : -1;
  const all = results.flatMap(({ points }, result) => points.map(([time, value]) => ({ result, time, value })));
  const sorted = all.toSorted((a, b) => sign * (a.time - b.time) || a.result - b.result);
  const page = sorted.slice(from, from + count);
  const rest = new Set(sorted.slice(from + count).map(({ result }) => result));
  return {
    MetricDataResults: results.map((result, index): MetricDataResult => {
      const own = page.filter((each) => each.result === index);
      return {
        Id: result.id,
        Label: result.label,
        Timestamps: own.map(({ time }) => new Date(time * 1000)),
        Values: own.map(({ value }) => value),
        StatusCode: rest.has(index) ? "PartialData" : "Complete",
        ...(result.units.length > 1 ? { Messages: [multipleUnits(result.units)] } : {}),
      };
    }),
    Messages: [],
    ...(rest.size ? { NextToken: formatPageToken("metric-data", [from + count]) } : {}),
  };
}

function multipleUnits(units: readonly string[]) {
  return { Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` };
}
