import { setImmediate } from "node:timers/promises";
import type { DimensionFilter, ListMetricsInput, ListMetricsOutput, Metric } from "@aws-sdk/client-cloudwatch";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidParameter } from "../errors.ts";
import { dimensionsView } from "../metrics/metric-id.ts";

const PAGE = 500;
/** So many metrics are looked at before others have their turn. */
const LOOK = 1000;
const TWO_WEEKS = 14 * 24 * 60 * 60;
const THREE_HOURS = 3 * 60 * 60;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export function listMetrics(cloudwatch: CloudWatch) {
  return async (input: ListMetricsInput, { scope }: RequestContext): Promise<ListMetricsOutput> => {
    const { Namespace, MetricName, Dimensions = [], NextToken, RecentlyActive, OwningAccount } = input;
    // An account has no linked accounts here: its own metrics are all there are.
    const isOthers = OwningAccount !== undefined && OwningAccount !== scope.account;
    const now = Math.floor(cloudwatch.clock.now() / 1000);
    const filter = {
      namespace: Namespace,
      name: MetricName,
      since: now - (RecentlyActive ? THREE_HOURS : TWO_WEEKS),
      after: placeOf(NextToken),
    };
    const found: { id: number; metric: Metric }[] = [];
    let isAll = isOthers;
    while (!isAll && found.length <= PAGE) {
      const next = cloudwatch.metrics.list(scope, filter, LOOK);
      for (const { id, namespace, name, dimensions } of next) {
        const metric = { Namespace: namespace, MetricName: name, Dimensions: dimensionsView(dimensions) };
        if (hasDimensions(metric, Dimensions)) found.push({ id, metric });
      }
      filter.after = next.at(-1)?.id ?? filter.after;
      isAll = next.length < LOOK;
      if (!isAll) await setImmediate();
    }
    const shown = found.slice(0, PAGE);
    const next = found.length > PAGE ? formatPageToken("metrics", [shown.at(-1)!.id]) : undefined;
    return {
      Metrics: shown.map(({ metric }) => metric),
      ...(next === undefined ? {} : { NextToken: next }),
      ...(input.IncludeLinkedAccounts ? { OwningAccounts: shown.map(() => scope.account) } : {}),
    };
  };
}

function hasDimensions({ Dimensions = [] }: Metric, filters: readonly DimensionFilter[]): boolean {
  return filters.every((filter) =>
    Dimensions.some(
      ({ Name, Value }) => Name === filter.Name && (filter.Value === undefined || Value === filter.Value),
    ),
  );
}

function placeOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [place] = readPageToken("metrics", token) ?? [];
  if (typeof place !== "number") throw invalidParameter(token, "NextToken");
  return place;
}
