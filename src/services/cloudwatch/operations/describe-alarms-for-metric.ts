import type { DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput } from "@aws-sdk/client-cloudwatch";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { metricAlarmView } from "../alarms/views.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { dimensionsText, metricId } from "../metrics/metric-id.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html */
export function describeAlarmsForMetric({ records }: CloudWatch) {
  return async (
    input: DescribeAlarmsForMetricInput,
    { scope }: RequestContext,
  ): Promise<DescribeAlarmsForMetricOutput> => {
    const { Namespace, MetricName, Dimensions } = input;
    const dimensions = (given: typeof Dimensions) => dimensionsText(metricId(Namespace!, MetricName!, given));
    const where = { namespace: Namespace!, metricName: MetricName! };
    const found = (await records.alarms.list(scopeKey(scope), { where })).filter((alarm) => alarm.kind === "metric");
    const matching = found.filter(
      ({ definition }) =>
        dimensions(definition.Dimensions) === dimensions(Dimensions) &&
        (["Statistic", "ExtendedStatistic", "Period", "Unit"] as const).every(
          (member) => input[member] === undefined || input[member] === definition[member],
        ),
    );
    return { MetricAlarms: matching.map((alarm) => metricAlarmView(scope, alarm)) };
  };
}
