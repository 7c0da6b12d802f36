import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { cloudWatchRules } from "./authorization.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import { deleteAlarms } from "./operations/delete-alarms.ts";
import { describeAlarmHistory } from "./operations/describe-alarm-history.ts";
import { describeAlarms } from "./operations/describe-alarms.ts";
import { describeAlarmsForMetric } from "./operations/describe-alarms-for-metric.ts";
import { disableAlarmActions } from "./operations/disable-alarm-actions.ts";
import { enableAlarmActions } from "./operations/enable-alarm-actions.ts";
import { getMetricData } from "./operations/get-metric-data.ts";
import { getMetricStatistics } from "./operations/get-metric-statistics.ts";
import { listMetrics } from "./operations/list-metrics.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putCompositeAlarm } from "./operations/put-composite-alarm.ts";
import { putMetricAlarm } from "./operations/put-metric-alarm.ts";
import { putMetricData } from "./operations/put-metric-data.ts";
import { setAlarmState } from "./operations/set-alarm-state.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { cloudWatchWording } from "./wording.ts";

/** Amazon CloudWatch, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/: metrics and alarms. */
export function cloudWatchService(cloudwatch: CloudWatch): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-cloudwatch")>(
    {
      name: "cloudwatch",
      signingName: "monitoring",
      protocols: ["awsJson1_0", "rpcv2Cbor", "awsQuery"],
      targetPrefix: "GraniteServiceVersion20100801",
      version: "2010-08-01",
      xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
      queryCompatible: true,
      validationErrorCode: "ValidationException",
      violationWording: cloudWatchWording,
      sdk: () => import("@aws-sdk/client-cloudwatch"),
      bounds: async () =>
        (await import("../../../generated/bounds/cloudwatch.json", { with: { type: "json" } })).default,
    },
    {
      DeleteAlarms: deleteAlarms(cloudwatch),
      DescribeAlarmHistory: describeAlarmHistory(cloudwatch),
      DescribeAlarms: describeAlarms(cloudwatch),
      DescribeAlarmsForMetric: describeAlarmsForMetric(cloudwatch),
      DisableAlarmActions: disableAlarmActions(cloudwatch),
      EnableAlarmActions: enableAlarmActions(cloudwatch),
      GetMetricData: getMetricData(cloudwatch),
      GetMetricStatistics: getMetricStatistics(cloudwatch),
      ListMetrics: listMetrics(cloudwatch),
      ListTagsForResource: listTagsForResource(cloudwatch),
      PutCompositeAlarm: putCompositeAlarm(cloudwatch),
      PutMetricAlarm: putMetricAlarm(cloudwatch),
      PutMetricData: putMetricData(cloudwatch),
      SetAlarmState: setAlarmState(cloudwatch),
      TagResource: tagResource(cloudwatch),
      UntagResource: untagResource(cloudwatch),
    },
    cloudWatchRules(cloudwatch),
  );
}
