import type { GetLogEventsRequest, GetLogEventsResponse } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidNextToken, streamNotFound } from "../errors.ts";
import { BlockCursor, type Direction, type Range } from "../event-log/block-cursor.ts";
import { EventReader } from "../event-log/event-reader.ts";
import { behind, comparePositions, formatPosition, parsePosition, startOf } from "../event-log/position.ts";
import { MAX_PAGE_EVENTS, readPage } from "../event-log/read-page.ts";
import type { Logs } from "../logs.ts";

/**
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 *
 * A token says a direction and a place between two events: `f/PLACE/s` for what comes behind, `b/PLACE/s` for what came
 * before. At the end there is nothing to step over, so the token that was given is given back.
 */
export function getLogEvents(logs: Logs) {
  return async (input: GetLogEventsRequest, context: RequestContext): Promise<GetLogEventsResponse> => {
    const group = await logs.groups.resolve(context.scope, input);
    const stream = logs.events.findStream(group.uid, input.logStreamName!);
    if (!stream) throw streamNotFound();
    const { direction, range } = whatToRead(input);
    const cursor = new BlockCursor(logs.events, { stream: stream.streamId }, range, direction);
    const reader = new EventReader([cursor], range, direction);
    const page = await readPage(reader, input.limit ?? MAX_PAGE_EVENTS);
    const events = direction === "forward" ? page.events : page.events.toReversed();
    const edge = direction === "forward" || input.nextToken === undefined ? range.from : range.to;
    const first = events[0]?.position ?? edge;
    const last = events.length ? behind(events.at(-1)!.position) : edge;
    return {
      events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${formatPosition(last)}/s`,
      nextBackwardToken: `b/${formatPosition(first)}/s`,
    };
  };
}

function whatToRead(input: GetLogEventsRequest): { direction: Direction; range: Range } {
  const range = {
    from: startOf(input.startTime ?? 0),
    to: startOf(input.endTime ?? Number.MAX_SAFE_INTEGER), // events at endTime are not included
  };
  if (input.nextToken === undefined) return { direction: input.startFromHead ? "forward" : "backward", range };
  const [, letter, place] = /^([fb])\/(\d+)\/s$/.exec(input.nextToken) ?? [];
  const position = place === undefined ? undefined : parsePosition(place);
  if (!position) throw invalidNextToken();
  if (letter === "f") {
    const from = comparePositions(position, range.from) > 0 ? position : range.from;
    return { direction: "forward", range: { ...range, from } };
  }
  const to = comparePositions(position, range.to) < 0 ? position : range.to;
  return { direction: "backward", range: { ...range, to } };
}
