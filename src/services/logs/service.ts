import { defineService } from "../../wire/service.ts";
import { logsRules } from "./authorization.ts";
import type { Logs } from "./logs.ts";
import { createLogGroup } from "./operations/create-log-group.ts";
import { createLogStream } from "./operations/create-log-stream.ts";
import { deleteLogGroup } from "./operations/delete-log-group.ts";
import { deleteLogStream } from "./operations/delete-log-stream.ts";
import { deleteResourcePolicy } from "./operations/delete-resource-policy.ts";
import { deleteRetentionPolicy } from "./operations/delete-retention-policy.ts";
import { describeLogGroups } from "./operations/describe-log-groups.ts";
import { describeLogStreams } from "./operations/describe-log-streams.ts";
import { describeResourcePolicies } from "./operations/describe-resource-policies.ts";
import { filterLogEvents } from "./operations/filter-log-events.ts";
import { getLogEvents } from "./operations/get-log-events.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { listTagsLogGroup } from "./operations/list-tags-log-group.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { putLogGroupDeletionProtection } from "./operations/put-log-group-deletion-protection.ts";
import { putResourcePolicy } from "./operations/put-resource-policy.ts";
import { putRetentionPolicy } from "./operations/put-retention-policy.ts";
import { tagLogGroup } from "./operations/tag-log-group.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagLogGroup } from "./operations/untag-log-group.ts";
import { untagResource } from "./operations/untag-resource.ts";

/** CloudWatch Logs, as the front door serves it. */
export function logsService(logs: Logs) {
  return defineService<typeof import("@aws-sdk/client-cloudwatch-logs")>(
    {
      name: "logs",
      signingName: "logs",
      protocols: ["awsJson1_1"],
      targetPrefix: "Logs_20140328",
      version: "2014-03-28",
      validationErrorCode: "InvalidParameterException",
      sdk: () => import("@aws-sdk/client-cloudwatch-logs"),
      bounds: async () => (await import("../../../generated/bounds/logs.json", { with: { type: "json" } })).default,
    },
    {
      CreateLogGroup: createLogGroup(logs),
      CreateLogStream: createLogStream(logs),
      DeleteLogGroup: deleteLogGroup(logs),
      DeleteLogStream: deleteLogStream(logs),
      DeleteResourcePolicy: deleteResourcePolicy(logs),
      DeleteRetentionPolicy: deleteRetentionPolicy(logs),
      DescribeLogGroups: describeLogGroups(logs),
      DescribeLogStreams: describeLogStreams(logs),
      DescribeResourcePolicies: describeResourcePolicies(logs),
      FilterLogEvents: filterLogEvents(logs),
      GetLogEvents: getLogEvents(logs),
      ListTagsForResource: listTagsForResource(logs),
      ListTagsLogGroup: listTagsLogGroup(logs),
      PutLogEvents: putLogEvents(logs),
      PutLogGroupDeletionProtection: putLogGroupDeletionProtection(logs),
      PutResourcePolicy: putResourcePolicy(logs),
      PutRetentionPolicy: putRetentionPolicy(logs),
      TagLogGroup: tagLogGroup(logs),
      TagResource: tagResource(logs),
      UntagLogGroup: untagLogGroup(logs),
      UntagResource: untagResource(logs),
    },
    logsRules(logs),
  );
}
