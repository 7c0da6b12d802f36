import type { FilterLogEventsRequest, FilterLogEventsResponse } from "@aws-sdk/client-cloudwatch-logs";
import { formatPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidNextToken, invalidParameter, streamNotFound } from "../errors.ts";
import { BlockCursor, type BlockOwner, type Range } from "../event-log/block-cursor.ts";
import { EventReader } from "../event-log/event-reader.ts";
import { formatPosition, parsePosition, startOf } from "../event-log/position.ts";
import { MAX_PAGE_EVENTS, readPage } from "../event-log/read-page.ts";
import { parseFilterPattern } from "../filter-pattern/filter-pattern.ts";
import type { Logs } from "../logs.ts";
import { parsePageToken } from "../page-token.ts";

const LIST = "events";

/** With so many streams of one prefix, reading the whole group and passing over the others is cheaper. */
const MAX_STREAMS_OF_PREFIX = 500;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function filterLogEvents(logs: Logs) {
  return async (input: FilterLogEventsRequest, context: RequestContext): Promise<FilterLogEventsResponse> => {
    if (input.logStreamNames && input.logStreamNamePrefix !== undefined)
      throw invalidParameter("LogStream names and LogStream name prefix are mutually exclusive parameters.");
    const matches = parseFilterPattern(input.filterPattern ?? "");
    const group = await logs.groups.resolve(context.scope, input);
    const prefix = input.logStreamNamePrefix ?? "";
    const range = rangeOf(input);
    const owners = ownersOf(logs, group.uid, input, range);
    const cursors = owners.map((owner) => new BlockCursor(logs.events, owner, range, "forward"));
    const reader = new EventReader(cursors, range, "forward");
    const { events, next } = await readPage(
      reader,
      input.limit ?? MAX_PAGE_EVENTS,
      (event) => event.streamName.startsWith(prefix) && matches(event.message),
    );
    return {
      events: events.map((event) => ({
        logStreamName: event.streamName,
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingestionTime,
        eventId: formatPosition(event.position),
      })),
      searchedLogStreams: [], // "no longer supported" since 2020
      ...(next && { nextToken: formatPageToken(LIST, [formatPosition(next)]) }),
    };
  };
}

function rangeOf(input: FilterLogEventsRequest): Range {
  const to = startOf(input.endTime === undefined ? Number.MAX_SAFE_INTEGER : input.endTime + 1); // endTime is included
  const [place] = parsePageToken(LIST, input.nextToken) ?? [];
  if (place === undefined) return { from: startOf(input.startTime ?? 0), to };
  const from = parsePosition(String(place));
  if (!from) throw invalidNextToken();
  return { from, to };
}

function ownersOf(logs: Logs, groupUid: string, input: FilterLogEventsRequest, range: Range): BlockOwner[] {
  if (input.logStreamNames) {
    return [...new Set(input.logStreamNames)].map((name) => {
      const stream = logs.events.findStream(groupUid, name);
      if (!stream) throw streamNotFound();
      return { stream: stream.streamId };
    });
  }
  if (input.logStreamNamePrefix !== undefined) {
    const since = range.from.timestamp;
    const streams = logs.events.findStreams(groupUid, input.logStreamNamePrefix, since, MAX_STREAMS_OF_PREFIX);
    if (streams.length < MAX_STREAMS_OF_PREFIX) return streams.map((stream) => ({ stream: stream.streamId }));
  }
  const group = logs.events.findGroup(groupUid);
  return group === undefined ? [] : [{ group }];
}
