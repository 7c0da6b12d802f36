import type { Dimension, Metric } from "@aws-sdk/client-cloudwatch";
import { scopeKey, type Scope } from "../../../base/scope.ts";

/** A metric: each combination of dimensions is one of its own. */
export interface MetricId {
  namespace: string;
  name: string;
  /** By their names. */
  dimensions: readonly { readonly name: string; readonly value: string }[];
}

/** The metric that a request names. */
export function metricId(namespace: string, name: string, dimensions: readonly Dimension[] | undefined = []): MetricId {
  const sorted = dimensions
    .map(({ Name, Value }) => ({ name: Name!, value: Value! }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { namespace, name, dimensions: sorted };
}

/** The metric of a query. */
export function metricOf({ Namespace, MetricName, Dimensions }: Metric): MetricId {
  return metricId(Namespace!, MetricName!, Dimensions);
}

/** A metric of an account and Region as one text. */
export function metricKey(scope: Scope, metric: MetricId): string {
  return JSON.stringify([scopeKey(scope), metric.namespace, metric.name, dimensionsText(metric)]);
}

/** The same for the same dimensions. */
export function dimensionsText({ dimensions }: MetricId): string {
  return JSON.stringify(dimensions.map(({ name, value }) => [name, value]));
}

export function dimensionsView(text: string): Dimension[] {
  return (JSON.parse(text) as [string, string][]).map(([Name, Value]) => ({ Name, Value }));
}
