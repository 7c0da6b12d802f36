import type {
  InputLogEvent,
  PutLogEventsRequest,
  PutLogEventsResponse,
  RejectedLogEventsInfo,
} from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter, streamNotFound } from "../errors.ts";
import { EVENT_OVERHEAD_BYTES, type LogEvent } from "../event-log/block.ts";
import { MAX_EVENT_BYTES } from "../log-sink.ts";
import type { Logs } from "../logs.ts";
import { formatSequenceToken } from "../sequence-token.ts";

const MAX_BATCH_BYTES = 1_048_576;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * HOUR_MS;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putLogEvents(logs: Logs) {
  return async (input: PutLogEventsRequest, context: RequestContext): Promise<PutLogEventsResponse> => {
    const batch = checkBatch(input.logEvents!);
    const group = await logs.groups.require(context.scope, input.logGroupName!);
    const stream = logs.events.findStream(group.uid, input.logStreamName!);
    if (!stream) throw streamNotFound();
    const now = logs.clock.now();
    const { accepted, rejected } = sortOut(batch, now, group.retentionInDays);
    if (accepted.length && accepted.at(-1)!.timestamp - accepted[0]!.timestamp > DAY_MS)
      throw invalidParameter(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
      );
    const block = accepted.length ? logs.events.append(stream, accepted, now) : 0;
    if (block === undefined) throw streamNotFound();
    return {
      nextSequenceToken: formatSequenceToken(block),
      ...(rejected && { rejectedLogEventsInfo: rejected }),
      // Nothing here relates log groups to entities, which AWS lets a service say without refusing the events.
      ...(input.entity && { rejectedEntityInfo: { errorType: "UnsupportedLogGroupType" } }),
    };
  };
}

function checkBatch(events: InputLogEvent[]): LogEvent[] {
  let total = 0;
  let before = 0;
  return events.map((event) => {
    const timestamp = event.timestamp!;
    const message = event.message!;
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (bytes > MAX_EVENT_BYTES)
      throw invalidParameter(`Log event too large: ${bytes} bytes exceeds limit of ${MAX_EVENT_BYTES}`);
    total += bytes;
    if (total > MAX_BATCH_BYTES)
      throw invalidParameter(`Upload too large: ${totalBytes(events)} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
    if (timestamp < before)
      throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    before = timestamp;
    return { timestamp, message };
  });
}

function totalBytes(events: InputLogEvent[]): number {
  return events.reduce((sum, event) => sum + Buffer.byteLength(event.message!) + EVENT_OVERHEAD_BYTES, 0);
}

/** Events are in order of time, so what is refused stands at the two ends. */
function sortOut(
  events: LogEvent[],
  now: number,
  retentionInDays: number | undefined,
): { accepted: LogEvent[]; rejected: RejectedLogEventsInfo | undefined } {
  const countBefore = (time: number) => {
    const index = events.findIndex((event) => event.timestamp >= time);
    return index === -1 ? events.length : index;
  };
  const tooOld = countBefore(now - MAX_AGE_MS);
  const expired = retentionInDays === undefined ? 0 : countBefore(now - retentionInDays * DAY_MS);
  const tooNew = countBefore(now + MAX_AHEAD_MS + 1);
  const rejected: RejectedLogEventsInfo = {
    ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  };
  return {
    accepted: events.slice(Math.max(tooOld, expired), tooNew),
    rejected: Object.keys(rejected).length ? rejected : undefined,
  };
}
