import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { cloudTrailRules } from "./authorization.ts";
import type { CloudTrail } from "./cloudtrail.ts";
import { lookupEvents } from "./operations/lookup-events.ts";
import { describeTrails } from "./operations/describe-trails.ts";
import { getTrail } from "./operations/get-trail.ts";
import { getTrailStatus } from "./operations/get-trail-status.ts";
import { listTrails } from "./operations/list-trails.ts";

/** AWS CloudTrail, https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/: the event history. */
export function cloudTrailService(trail: CloudTrail): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-cloudtrail")>(
    {
      name: "cloudtrail",
      signingName: "cloudtrail",
      protocols: ["awsJson1_1"],
      targetPrefix: "CloudTrail_20131101",
      targetAliases: ["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"],
      version: "2013-11-01",
      validationErrorCode: "ValidationException",
      sdk: () => import("@aws-sdk/client-cloudtrail"),
      bounds: async () =>
        (await import("../../../generated/bounds/cloudtrail.json", { with: { type: "json" } })).default,
    },
    {
      DescribeTrails: describeTrails(),
      GetTrail: getTrail(),
      GetTrailStatus: getTrailStatus(),
      ListTrails: listTrails(),
      LookupEvents: lookupEvents(trail),
    },
    cloudTrailRules(),
  );
}
