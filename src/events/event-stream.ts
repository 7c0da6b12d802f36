import type { EventBus } from "./event-bus.ts";
import type { AwsEvent } from "./event.ts";

export interface EventStreamOptions {
  detailTypes?: readonly string[] | undefined;
  /** Without it all that are kept, or, to follow, only those from now on. */
  since?: Date | undefined;
  /** Whether to go on with new ones as they come. */
  follow: boolean;
}

/** The events that somebody wants to look at; those that follow end with the signal or the engine. */
export async function* eventStream(
  bus: EventBus,
  { detailTypes, since, follow }: EventStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<AwsEvent> {
  const after = since ? await bus.lastBefore(since) : follow ? await bus.last() : 0;
  const options = { after, filter: detailTypes ? { detailTypes } : {} };
  for await (const { event } of follow ? bus.follow(options, signal) : bus.read(options)) {
    if (signal.aborted) return;
    yield event;
  }
}
