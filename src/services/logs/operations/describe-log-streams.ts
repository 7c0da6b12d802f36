import type {
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  LogStream as LogStreamDescription,
} from "@aws-sdk/client-cloudwatch-logs";
import { formatPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import type { StreamInfo } from "../event-log/event-log.ts";
import { groupArn } from "../log-groups.ts";
import type { Logs } from "../logs.ts";
import { parsePageToken } from "../page-token.ts";
import { formatSequenceToken } from "../sequence-token.ts";

const DEFAULT_LIMIT = 50;
const BY_NAME = "streams-by-name";
const BY_LAST_EVENT = "streams-by-last-event";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function describeLogStreams(logs: Logs) {
  return async (input: DescribeLogStreamsRequest, context: RequestContext): Promise<DescribeLogStreamsResponse> => {
    const byLastEvent = input.orderBy === "LastEventTime";
    if (byLastEvent && input.logStreamNamePrefix !== undefined)
      throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
    const group = await logs.groups.resolve(context.scope, input);
    const list = byLastEvent ? listByLastEvent : listByName;
    const { streams, nextToken } = list(logs, group.uid, input);
    const arn = groupArn(context.scope, group.name);
    return { logStreams: streams.map((stream) => describe(arn, stream)), ...(nextToken && { nextToken }) };
  };
}

interface StreamPage {
  streams: StreamInfo[];
  nextToken: string | undefined;
}

function listByName(logs: Logs, groupUid: string, input: DescribeLogStreamsRequest): StreamPage {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const [after] = parsePageToken(BY_NAME, input.nextToken) ?? [];
  const found = logs.events.streamsByName(groupUid, {
    prefix: input.logStreamNamePrefix ?? "",
    descending: input.descending ?? false,
    after: after as string | undefined,
    limit: limit + 1,
  });
  return toPage(found, limit, (last) => formatPageToken(BY_NAME, [last.name]));
}

function listByLastEvent(logs: Logs, groupUid: string, input: DescribeLogStreamsRequest): StreamPage {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const place = parsePageToken(BY_LAST_EVENT, input.nextToken) as [number, string] | undefined;
  const found = logs.events.streamsByLastEvent(groupUid, {
    descending: input.descending ?? false,
    after: place && { time: place[0], name: place[1] },
    limit: limit + 1,
  });
  return toPage(found, limit, (last) => formatPageToken(BY_LAST_EVENT, [last.lastEventTimestamp ?? -1, last.name]));
}

/** `found` has one more than the page when there is another page. */
function toPage(found: StreamInfo[], limit: number, tokenBehind: (last: StreamInfo) => string): StreamPage {
  const streams = found.slice(0, limit);
  return { streams, nextToken: found.length > limit ? tokenBehind(streams.at(-1)!) : undefined };
}

function describe(arnOfGroup: string, stream: StreamInfo): LogStreamDescription {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    ...(stream.firstEventTimestamp !== undefined && { firstEventTimestamp: stream.firstEventTimestamp }),
    ...(stream.lastEventTimestamp !== undefined && { lastEventTimestamp: stream.lastEventTimestamp }),
    ...(stream.lastIngestionTime !== undefined && { lastIngestionTime: stream.lastIngestionTime }),
    ...(stream.lastBlock !== undefined && { uploadSequenceToken: formatSequenceToken(stream.lastBlock) }),
    arn: `${arnOfGroup}:log-stream:${stream.name}`,
    storedBytes: 0, // "always reported as zero" since 2019
  };
}
