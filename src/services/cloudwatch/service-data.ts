import type { StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "../../base/scope.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import { metricId } from "./metrics/metric-id.ts";
import { summaryOf } from "./metrics/summary.ts";

const MINUTE = 60;

/** A value that a service of the engine publishes. */
export interface ServiceDatum {
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** Any time of its minute, milliseconds since 1970. */
  at: number;
  value: number;
  unit: StandardUnit;
}

/** Publishes data in the name of an AWS service. `namespace` is such as `AWS/ECS`, which clients cannot publish in. */
export function putServiceData(
  cloudwatch: CloudWatch,
  scope: Scope,
  namespace: string,
  data: readonly ServiceDatum[],
): void {
  const put = data.map(({ name, dimensions, at, value, unit }) => ({
    metric: metricId(
      namespace,
      name,
      Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    ),
    time: Math.floor(at / 1000 / MINUTE) * MINUTE,
    resolution: MINUTE,
    unit,
    summary: summaryOf([[value, 1]]),
  }));
  cloudwatch.metrics.put(scope, put);
  cloudwatch.metricAlarms.dataCame(
    scope,
    put.map(({ metric }) => metric),
  );
}
