/** An event as EventBridge has it. https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html */
export interface AwsEvent {
  version: "0";
  /** A UUID. */
  id: string;
  "detail-type": string;
  /** Such as `aws.ecs`. */
  source: string;
  account: string;
  /** ISO 8601, whole seconds. */
  time: string;
  region: string;
  /** ARNs of what it is about. */
  resources: string[];
  detail: object;
}

/** What the one who publishes an event says of it; the bus adds the rest. */
export interface NewEvent {
  source: string;
  detailType: string;
  resources: string[];
  /** Written as JSON: dates become ISO strings with milliseconds. */
  detail: object;
  /** When it happened. */
  time: Date;
}

/** An event with its place on the bus. */
export interface PublishedEvent {
  /** Counts up by one; the order in which changes were committed. */
  sequence: number;
  event: AwsEvent;
}

/** Which events are wanted: all those that fit every member that is there. */
export interface EventFilter {
  source?: string;
  detailTypes?: readonly string[];
}
