import type { PutMetricDataInput } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../wire/context.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidParameter, invalidValue, missingParameter } from "../errors.ts";
import { givenDatum } from "../metrics/given-data.ts";

const MAX_DATA = 1000;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export function putMetricData(cloudwatch: CloudWatch) {
  return async (input: PutMetricDataInput, { scope }: RequestContext): Promise<object> => {
    const { Namespace, MetricData = [], EntityMetricData, StrictEntityValidation } = input;
    const namespace = Namespace!;
    if (/^AWS\//i.test(namespace)) throw invalidParameter(namespace, "Namespace");
    if (EntityMetricData?.length || StrictEntityValidation)
      throw invalidValue("'EntityMetricData' is not supported by Neargate yet.");
    if (!MetricData.length) throw missingParameter("MetricData");
    if (MetricData.length > MAX_DATA)
      throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
    const now = cloudwatch.clock.now();
    const data = MetricData.map((datum, index) => givenDatum(namespace, datum, `MetricData.member.${index + 1}`, now));
    cloudwatch.metrics.put(scope, data);
    cloudwatch.metricAlarms.dataCame(
      scope,
      data.map(({ metric }) => metric),
    );
    return {};
  };
}
