import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, removedTags } from "../../wire/checks.ts";
import { groupArn, groupNameOf, type GroupReference } from "./log-groups.ts";
import type { Logs } from "./logs.ts";

/**
 * What the operations of CloudWatch Logs need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
export function logsRules(logs: Logs): AuthorizationRules<typeof import("@aws-sdk/client-cloudwatch-logs")> {
  const resource = (scope: Scope, arn: string, group: string): AuthorizedResource => ({
    arn,
    tags: async () => (await logs.groups.find(scope, group))?.tags ?? {},
    policy: () => logs.resourcePolicies.policyFor(scope),
  });
  /** Of a group as a whole: what policies name as `log-group:NAME:*`. */
  const group = (scope: Scope, name: string) =>
    resource(scope, formatArn("logs", scope, `log-group:${name}:log-stream:`), name);
  const onGroup =
    (action: string) =>
    (input: GroupReference, { scope }: AuthorizationContext) => [check(action, group(scope, nameOf(input, scope)))];
  const onStream =
    (action: string) =>
    (input: GroupReference & { logStreamName: string | undefined }, { scope }: AuthorizationContext) => {
      const name = nameOf(input, scope);
      const arn = formatArn("logs", scope, `log-group:${name}:log-stream:${input.logStreamName ?? ""}`);
      return [check(action, resource(scope, arn, name))];
    };
  /** For tags, groups are named without what stands for their streams. */
  const byArn = (scope: Scope, arn: string) => {
    const name = groupNameOf(scope, arn);
    return name === undefined ? { arn } : resource(scope, groupArn(scope, name), name);
  };

  return {
    CreateLogGroup: (input, { scope }) => {
      const name = input.logGroupName ?? "";
      const tagged = input.tags && Object.keys(input.tags).length ? { requestTags: input.tags } : undefined;
      return [
        check("logs:CreateLogGroup", group(scope, name), tagged),
        ...(tagged
          ? [check("logs:TagResource", byArn(scope, formatArn("logs", scope, `log-group:${name}`)), tagged)]
          : []),
      ];
    },
    CreateLogStream: onStream("logs:CreateLogStream"),
    DeleteLogGroup: onGroup("logs:DeleteLogGroup"),
    DeleteLogStream: onStream("logs:DeleteLogStream"),
    DeleteResourcePolicy: () => [check("logs:DeleteResourcePolicy")],
    DeleteRetentionPolicy: onGroup("logs:DeleteRetentionPolicy"),
    DescribeLogGroups: (_input, { scope }) => [check("logs:DescribeLogGroups", group(scope, ""))],
    DescribeLogStreams: onGroup("logs:DescribeLogStreams"),
    DescribeResourcePolicies: () => [check("logs:DescribeResourcePolicies")],
    FilterLogEvents: onGroup("logs:FilterLogEvents"),
    GetLogEvents: onStream("logs:GetLogEvents"),
    ListTagsForResource: (input, { scope }) => [
      check("logs:ListTagsForResource", byArn(scope, input.resourceArn ?? "")),
    ],
    ListTagsLogGroup: onGroup("logs:ListTagsLogGroup"),
    PutLogEvents: onStream("logs:PutLogEvents"),
    PutLogGroupDeletionProtection: onGroup("logs:PutLogGroupDeletionProtection"),
    PutResourcePolicy: () => [check("logs:PutResourcePolicy")],
    PutRetentionPolicy: onGroup("logs:PutRetentionPolicy"),
    TagLogGroup: (input, { scope }) => [
      check("logs:TagLogGroup", group(scope, input.logGroupName ?? ""), { requestTags: input.tags ?? {} }),
    ],
    TagResource: (input, { scope }) => [
      check("logs:TagResource", byArn(scope, input.resourceArn ?? ""), { requestTags: input.tags ?? {} }),
    ],
    UntagLogGroup: (input, { scope }) => [
      check("logs:UntagLogGroup", group(scope, input.logGroupName ?? ""), removedTags(input.tags)),
    ],
    UntagResource: (input, { scope }) => [
      check("logs:UntagResource", byArn(scope, input.resourceArn ?? ""), removedTags(input.tagKeys)),
    ],
  };
}

function nameOf({ logGroupName, logGroupIdentifier }: GroupReference, scope: Scope): string {
  return logGroupName ?? groupNameOf(scope, logGroupIdentifier ?? "") ?? "";
}
