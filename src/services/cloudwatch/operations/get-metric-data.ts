import { setImmediate } from "node:timers/promises";
import type { GetMetricDataInput, GetMetricDataOutput } from "@aws-sdk/client-cloudwatch";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import type { Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidNextToken, validationError } from "../errors.ts";
import { readPage, type DataPage, type PagedRead, type Place, type ResultSeries } from "../metrics/data-pages.ts";
import {
  evaluatorOf,
  mathFailure,
  readQueries,
  readSeries,
  type MetricQuery,
  type MetricSeries,
  type Queries,
} from "../metrics/queries.ts";
import { oldestFor, roundedStart } from "../metrics/retention.ts";

const MAX_DATAPOINTS = 100_800;
/** So far ahead of the time data may be, seconds. */
const MOST_AHEAD = 2 * 60 * 60;

/** What is read; times are seconds since 1970. */
interface Reading {
  cloudwatch: CloudWatch;
  scope: Scope;
  queries: Queries;
  now: number;
  end: number;
  startFor: (period: number) => number;
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
    const now = Math.floor(cloudwatch.clock.now() / 1000);
    const end = EndTime!.getTime() / 1000;
    const startFor = (period: number) => roundedStart(StartTime!.getTime() / 1000, period, now);
    const reading = { cloudwatch, scope, queries, now, end, startFor };
    const page = await readPage(queries.expressions.size ? wholeRead(reading) : partsRead(reading), {
      from: placeOf(NextToken),
      count: MaxDatapoints,
      ascending: ScanBy === "TimestampAscending",
    });
    return view(page);
  };
}

/** Metrics alone are read in parts, each with no more values than an answer may have. */
function partsRead(reading: Reading): PagedRead {
  const { cloudwatch, scope, queries, now, end, startFor } = reading;
  const metrics = queries.returned.map((id) => queries.metrics.get(id)!);
  const labels = labelsOf(metrics);
  const periods = metrics.map(({ period }) => period);
  const longest = Math.max(...periods, queries.period);
  const inLongest = periods.reduce((sum, period) => sum + longest / period, 0);
  return {
    range: rangeOf(reading, periods),
    partSeconds: longest * Math.max(1, Math.floor(MAX_DATAPOINTS / Math.max(1, inLongest))),
    async read(part) {
      // Metrics that are not there are read without a pause.
      await setImmediate();
      const found: ResultSeries[] = [];
      for (const query of metrics) {
        const first = startFor(query.period);
        // Where the first of the periods begins that begin at a time or after it.
        const from = (time: number) => Math.max(first, first + Math.ceil((time - first) / query.period) * query.period);
        const periodsRange = { start: from(part.start), end: Math.min(from(part.end), end) };
        const series = await readSeries(cloudwatch.metrics, scope, query, periodsRange, now);
        found.push({ ...series, id: query.id, label: labels.get(query.id)! });
      }
      return found;
    },
  };
}

/** Expressions need all that there is. @throws AwsError ValidationError when that is more than an answer may have */
function wholeRead(reading: Reading): PagedRead {
  const { cloudwatch, scope, queries, now, end, startFor } = reading;
  const metrics = [...queries.metrics.values()];
  const labels = labelsOf(metrics.filter(({ id }) => queries.returned.includes(id)));
  const possible = metrics.reduce((sum, { period }) => {
    const range = rangeOf(reading, [period]);
    return sum + Math.ceil((range.end - range.start) / period);
  }, 0);
  if (possible > MAX_DATAPOINTS)
    throw validationError(
      `You have requested up to ${possible} datapoints with expressions, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  const start = startFor(queries.period);
  return {
    // Of one part.
    range: { start: 0, end: 1 },
    partSeconds: 1,
    async read() {
      const series = new Map<string, MetricSeries>();
      for (const query of metrics)
        series.set(
          query.id,
          await readSeries(cloudwatch.metrics, scope, query, { start: startFor(query.period), end }, now),
        );
      const evaluator = evaluatorOf(queries, series, { start, end, period: queries.period });
      const found: ResultSeries[] = [];
      for (const id of queries.returned) {
        await setImmediate();
        const metric = series.get(id);
        if (metric) found.push({ ...metric, id, label: labels.get(id)! });
        else found.push(...evaluated(() => evaluator.seriesOf(id), id).map((each) => ({ ...each, id, units: [] })));
      }
      return found;
    },
  };
}

function evaluated<T>(work: () => T, id: string): T {
  try {
    return work();
  } catch (cause) {
    throw mathFailure(id, cause);
  }
}

/** Where there may be data for these periods. */
function rangeOf({ now, end, startFor }: Reading, periods: readonly number[]) {
  const starts = periods.map((period) => {
    const [first, oldest] = [startFor(period), oldestFor(period, now)];
    return first + Math.max(0, Math.floor((oldest - first) / period)) * period;
  });
  const start = starts.reduce((least, each) => Math.min(least, each), end);
  return { start, end: Math.max(start, Math.min(end, now + MOST_AHEAD + 1)) };
}

/** What each is called: as it says, or by the metric's name, with what tells it from the others of the request. */
function labelsOf(queries: readonly MetricQuery[]): Map<string, string> {
  const differ = (value: (query: MetricQuery) => string | number) => new Set(queries.map(value)).size > 1;
  const statistics = differ(({ statisticName }) => statisticName);
  const periods = differ(({ period }) => period);
  return new Map(
    queries.map(({ id, label, metric, statisticName, period }) => [
      id,
      label ?? [metric.name, ...(statistics ? [statisticName] : []), ...(periods ? [period] : [])].join(" "),
    ]),
  );
}

/** @throws AwsError InvalidNextToken */
function placeOf(token: string | undefined): Place | undefined {
  if (token === undefined) return undefined;
  const [edge, shown] = readPageToken("metric-data", token) ?? [];
  if (!Number.isFinite(edge) || !Number.isSafeInteger(shown)) throw invalidNextToken();
  return [Number(edge), Math.max(0, Number(shown))];
}

function view({ series, points, next }: DataPage): GetMetricDataOutput {
  const bySeries = Map.groupBy(points, (point) => point.series);
  return {
    MetricDataResults: series.map(({ id, label, units }, index) => {
      const own = bySeries.get(index) ?? [];
      return {
        Id: id,
        Label: label,
        Timestamps: own.map(({ time }) => new Date(time * 1000)),
        Values: own.map(({ value }) => value),
        StatusCode: next ? "PartialData" : "Complete",
        ...(units.length > 1 ? { Messages: [multipleUnits(units)] } : {}),
      };
    }),
    Messages: [],
    ...(next ? { NextToken: formatPageToken("metric-data", next) } : {}),
  };
}

function multipleUnits(units: readonly string[]) {
  return { Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` };
}
