import type { MetricDataQuery, MetricStat } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "../../../base/scope.ts";
import { messageOf } from "../../../base/errors.ts";
import { validationError, notSupported } from "../errors.ts";
import { checkedExpression, Evaluator, type MathQuery } from "../math/evaluate.ts";
import { MathError, type Series } from "../math/value.ts";
import { metricOf, type MetricId } from "./metric-id.ts";
import type { MetricStore } from "./metric-store.ts";
import { isPeriod } from "./retention.ts";
import { readPeriods, units, type Periods } from "./series.ts";
import { needsValues, statisticNamed, type StatisticOf } from "./statistic.ts";

const ID = /^[a-z][a-zA-Z0-9_]*$/;
const MAX_QUERIES = 500;
const MINUTE = 60;

/** A query for a statistic of a metric. */
export interface MetricQuery {
  id: string;
  metric: MetricId;
  /** Seconds. */
  period: number;
  statisticName: string;
  statistic: StatisticOf;
  unit: string | undefined;
  label: string | undefined;
}

/** The queries of a request. */
export interface Queries {
  metrics: ReadonlyMap<string, MetricQuery>;
  expressions: ReadonlyMap<string, MathQuery>;
  /** The ids of those that are answered, in their order. */
  returned: readonly string[];
  /** The longest, seconds: what an expression has that does not get one from its metrics. */
  period: number;
}

/**
 * Checks queries and reads their expressions.
 * @param list the parameter, as errors name it: `MetricDataQueries`
 * @throws AwsError ValidationError
 */
export function readQueries(scope: Scope, queries: readonly MetricDataQuery[], list: string): Queries {
  if (!queries.length) throw validationError(`The parameter ${list} is required.`);
  if (queries.length > MAX_QUERIES)
    throw validationError(`The collection ${list} must not have a size greater than ${MAX_QUERIES}.`);
  const ids = new Set(queries.map(({ Id }) => Id!));
  if (ids.size < queries.length) throw validationError(`The values for parameter id in ${list} are not unique.`);
  const metrics = new Map<string, MetricQuery>();
  const expressions = new Map<string, MathQuery>();
  for (const [index, query] of queries.entries()) {
    const parameter = `${list}.member.${index + 1}`;
    const id = query.Id!;
    checkQuery(scope, query, parameter);
    if (query.MetricStat) metrics.set(id, metricQuery(id, query.MetricStat, query.Label, parameter));
    else expressions.set(id, mathQuery(query, ids));
  }
  const returned = queries.filter(({ ReturnData }) => ReturnData ?? true).map(({ Id }) => Id!);
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []);
  return { metrics, expressions, returned, period: periods.length ? Math.max(...periods) : MINUTE };
}

function checkQuery(scope: Scope, query: MetricDataQuery, parameter: string): void {
  const { Id, MetricStat, Expression, Period, AccountId, Label } = query;
  if (!ID.test(Id!)) throw validationError(`The value ${Id} for parameter ${parameter}.Id is invalid.`);
  const exclusive = (one: string) =>
    validationError(
      `The parameters ${parameter}.${one} and ${parameter}.MetricStat are mutually exclusive and you have specified both.`,
    );
  if (MetricStat && Expression !== undefined) throw exclusive("Expression");
  if (MetricStat && Period !== undefined) throw exclusive("Period");
  if (!MetricStat && Expression === undefined)
    throw validationError(
      `At least one of the parameters ${parameter}.Expression and ${parameter}.MetricStat must be specified.`,
    );
  if (Period !== undefined && !isPeriod(Period))
    throw validationError(`The value ${Period} for parameter ${parameter}.Period is invalid.`);
  if (AccountId !== undefined && AccountId !== scope.account)
    throw validationError(`The value ${AccountId} for parameter ${parameter}.AccountId is invalid.`);
  if (Label?.includes("${")) throw notSupported(`${parameter}.Label with dynamic values`);
}

function metricQuery(id: string, stat: MetricStat, label: string | undefined, parameter: string): MetricQuery {
  const { Metric, Period, Stat, Unit } = stat;
  const required = (name: string) => validationError(`The parameter ${parameter}.MetricStat.${name} is required.`);
  if (Metric?.Namespace === undefined) throw required("Metric.Namespace");
  if (Metric.MetricName === undefined) throw required("Metric.MetricName");
  if (!isPeriod(Period!))
    throw validationError(`The value ${Period} for parameter ${parameter}.MetricStat.Period is invalid.`);
  const statistic = statisticNamed(Stat!);
  if (!statistic)
    throw validationError(`The value ${Stat} for parameter ${parameter}.MetricStat.Stat is not supported.`);
  return { id, metric: metricOf(Metric), period: Period!, statisticName: Stat!, statistic, unit: Unit, label };
}

function mathQuery({ Id, Expression, Label }: MetricDataQuery, ids: ReadonlySet<string>): MathQuery {
  try {
    return { id: Id!, expression: checkedExpression(Expression!, ids), label: Label };
  } catch (cause) {
    throw mathFailure(Id!, cause);
  }
}

/** What is wrong with an expression, as AWS tells it; anything else as it is. */
export function mathFailure(id: string, cause: unknown): unknown {
  return cause instanceof MathError ? validationError(`Error in expression '${id}': ${messageOf(cause)}`) : cause;
}

/** What a metric query finds. */
export interface MetricSeries extends Series {
  /** Of all data that there is: more than one where the request names none and data came in several. */
  units: readonly string[];
}

/** The values of a metric query, in one unit. */
export async function readSeries(
  store: MetricStore,
  scope: Scope,
  query: MetricQuery,
  { start, end }: Omit<Periods, "period">,
  nowSeconds: number,
): Promise<MetricSeries> {
  const { period, metric, unit, statistic, statisticName } = query;
  const wanted = { unit, withValues: needsValues(statisticName) };
  const found = await readPeriods(store, scope, metric, { start, end, period }, nowSeconds, wanted);
  const [shown, ...others] = units(found);
  const points = found
    .filter((each) => each.unit === shown)
    .flatMap(({ time, summary }) => {
      const value = statistic(summary);
      return value === undefined ? [] : [[time, value] as const];
    });
  return {
    label: query.label ?? metric.name,
    period,
    points: new Map(points),
    units: shown === undefined ? [] : [shown, ...others],
  };
}

/** Computes the expressions of a request from its metrics. */
export function evaluatorOf(queries: Queries, metrics: ReadonlyMap<string, Series>, periods: Periods): Evaluator {
  return new Evaluator({ periods, metrics }, queries.expressions);
}
