import type { Event, LookupAttribute, LookupEventsRequest, LookupEventsResponse } from "@aws-sdk/client-cloudtrail";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { KEPT_MS, type CloudTrail } from "../cloudtrail.ts";
import { invalidLookupAttributes, invalidNextToken, invalidTimeRange } from "../errors.ts";
import type { EventFilter, EventPlace, ListedEvent } from "../event-store.ts";

const MOST_RESULTS = 50;

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export function lookupEvents(trail: CloudTrail) {
  return async (input: LookupEventsRequest, { scope }: RequestContext): Promise<LookupEventsResponse> => {
    const now = trail.clock.now();
    const from = Math.max(input.StartTime?.getTime() ?? 0, now - KEPT_MS);
    const to = input.EndTime?.getTime() ?? now;
    if (input.StartTime && input.EndTime && input.StartTime > input.EndTime) throw invalidTimeRange();
    const limit = input.MaxResults ?? MOST_RESULTS;
    const filter = filterOf(input.LookupAttributes ?? []);
    const after = placeOf(input, filter);
    // There are no Insights events, which are all that a category asks for.
    if (input.EventCategory) return { Events: [] };
    const events = trail.events.list(scope, filter, { from, to, ...(after ? { after } : {}) }, limit + 1);
    const page = events.slice(0, limit);
    const last = page.at(-1)?.place;
    return {
      Events: page.map(view),
      ...(events.length > limit && last ? { NextToken: formatPageToken(listName(filter), [last.time, last.id]) } : {}),
    };
  };
}

function placeOf({ NextToken }: LookupEventsRequest, filter: EventFilter): EventPlace | undefined {
  if (NextToken === undefined) return undefined;
  const [time, id] = readPageToken(listName(filter), NextToken) ?? [];
  if (typeof time !== "number" || typeof id !== "number") throw invalidNextToken();
  return { time, id };
}

/** A token goes with the attributes that it was given for. */
function listName(filter: EventFilter): string {
  return `events ${JSON.stringify(filter)}`;
}

function filterOf(attributes: readonly LookupAttribute[]): EventFilter {
  if (attributes.length > 1) throw invalidLookupAttributes("Only one lookup attribute can be specified.");
  const [attribute] = attributes;
  if (!attribute) return {};
  const value = attribute.AttributeValue!;
  switch (attribute.AttributeKey) {
    case "EventId":
      return { eventId: value };
    case "EventName":
      return { name: value };
    case "ReadOnly":
      if (value !== "true" && value !== "false")
        throw invalidLookupAttributes("The value of ReadOnly must be true or false.");
      return { readOnly: value === "true" };
    case "Username":
      return { userName: value };
    case "ResourceType":
      return { resourceType: value };
    case "ResourceName":
      return { resourceName: value };
    case "EventSource":
      return { source: value };
    case "AccessKeyId":
      return { accessKeyId: value };
    default:
      throw invalidLookupAttributes(`The lookup attribute ${String(attribute.AttributeKey)} is not valid.`);
  }
}

function view(event: ListedEvent): Event {
  return {
    EventId: event.eventId,
    EventName: event.name,
    ReadOnly: String(event.readOnly),
    ...(event.accessKeyId === undefined ? {} : { AccessKeyId: event.accessKeyId }),
    EventTime: new Date(event.time),
    EventSource: event.source,
    ...(event.userName === undefined ? {} : { Username: event.userName }),
    Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: event.record,
  };
}
