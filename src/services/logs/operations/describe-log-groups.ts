import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  LogGroup as LogGroupDescription,
} from "@aws-sdk/client-cloudwatch-logs";
import { formatPageToken } from "../../../base/page-token.ts";
import type { Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import { groupArn, groupNameOf, type LogGroup } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { parsePageToken } from "../page-token.ts";

const DEFAULT_LIMIT = 50;
const LIST = "groups";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export function describeLogGroups(logs: Logs) {
  return async (input: DescribeLogGroupsRequest, context: RequestContext): Promise<DescribeLogGroupsResponse> => {
    const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers, limit = DEFAULT_LIMIT } = input;
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
      throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    if (!isVisible(input, context.scope)) return { logGroups: [] };
    if (logGroupIdentifiers) return { logGroups: await describeNamed(logs, context.scope, logGroupIdentifiers) };
    const [after] = parsePageToken(LIST, input.nextToken) ?? [];
    const found = await logs.groups.list(context.scope, {
      prefix: logGroupNamePrefix,
      substring: logGroupNamePattern,
      after: after as string | undefined,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    return {
      logGroups: page.map((group) =>
        logGroupNamePattern === undefined ? describe(logs, context.scope, group) : brief(context.scope, group),
      ),
      ...(found.length > limit && { nextToken: formatPageToken(LIST, [page.at(-1)!.name]) }),
    };
  };
}

/** All groups are of the STANDARD class, and no account is linked to another. */
function isVisible(input: DescribeLogGroupsRequest, scope: Scope): boolean {
  const ofClass = input.logGroupClass === undefined || input.logGroupClass === "STANDARD";
  const ofAccount = !input.accountIdentifiers?.length || input.accountIdentifiers.includes(scope.account);
  return ofClass && (!input.includeLinkedAccounts || ofAccount);
}

async function describeNamed(logs: Logs, scope: Scope, identifiers: string[]): Promise<LogGroupDescription[]> {
  const names = identifiers.map((identifier) => groupNameOf(scope, identifier)).filter((name) => name !== undefined);
  const groups = await Promise.all([...new Set(names)].sort().map((name) => logs.groups.find(scope, name)));
  return groups.filter((group) => group !== undefined).map((group) => describe(logs, scope, group));
}

/** What a search by pattern tells: AWS answers it from an index that has no more. */
function brief(scope: Scope, group: LogGroup): LogGroupDescription {
  const arn = groupArn(scope, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: "STANDARD",
  };
}

function describe(logs: Logs, scope: Scope, group: LogGroup): LogGroupDescription {
  return {
    ...brief(scope, group),
    storedBytes: logs.events.storedBytes(group.uid),
    deletionProtectionEnabled: group.deletionProtectionEnabled,
  };
}
