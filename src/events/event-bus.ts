import type { Clock } from "../base/clock.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Ids } from "../base/ids.ts";
import type { Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import { backoffMs } from "../base/retry.ts";
import { scopeKey, type Scope } from "../base/scope.ts";
import type { Store } from "../store/store.ts";
import { EventLog, type Retention } from "./event-log.ts";
import type { AwsEvent, EventFilter, NewEvent, PublishedEvent } from "./event.ts";

/** A day; so many take some 500 MB, of tasks of a few containers. */
const KEPT: Retention = { maxAgeMs: 24 * 60 * 60 * 1000, maxCount: 200_000 };
const PRUNE_EVERY_MS = 60_000;
/** Events that are in memory at once for a reader. */
const BATCH = 100;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 30_000;

export interface EventBusParts {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export interface ReadOptions {
  /** The number of the last event that is not wanted any more; 0 for all that are kept. */
  after: number;
  filter?: EventFilter;
}

/** One who hears of events. */
export interface Subscription {
  /** Resolves when the last call of the listener has ended. */
  close(): Promise<void>;
}

/**
 * What happens in the engine, as the events that EventBridge would deliver. An event is written in the transaction of the
 * change that it tells of: both are there or none, whenever the engine ends, and each has one id for ever.
 */
export class EventBus implements Component {
  readonly name = "events";
  private readonly parts: EventBusParts;
  private readonly events: EventLog;
  private readonly deliveries = new Set<Promise<void>>();
  private unsubscribe: (() => void) | undefined;
  private pruner: NodeJS.Timeout | undefined;
  private pruning: Promise<void> | undefined;
  private stopping = new AbortController();
  /** Counts what may have brought events, so that none is missed between a look and the wait for the next. */
  private arrivals = 0;
  private waiting: (() => void)[] = [];

  constructor(parts: EventBusParts) {
    this.parts = parts;
    this.events = new EventLog(parts.store);
  }

  start(): void {
    this.stopping = new AbortController();
    this.unsubscribe = this.parts.store.onChange(({ collection }) => {
      if (collection === this.events.name) this.wake();
    });
    this.pruner = setInterval(() => (this.pruning = this.prune()), PRUNE_EVERY_MS);
    this.pruner.unref();
  }

  /** Ends all who read, and waits for the listeners of subscriptions. */
  async stop(): Promise<void> {
    clearInterval(this.pruner);
    this.unsubscribe?.();
    this.stopping.abort();
    this.wake();
    await Promise.all([...this.deliveries, this.pruning]);
  }

  /** Tells an event, in the caller's transaction: that of the change. */
  async publish(scope: Scope, { time, ...told }: NewEvent): Promise<void> {
    const event: AwsEvent = {
      version: "0",
      id: this.parts.ids.uuid(),
      "detail-type": told.detailType,
      source: told.source,
      account: scope.account,
      time: time.toISOString().replace(/\.\d+Z$/, "Z"),
      region: scope.region,
      resources: told.resources,
      detail: told.detail,
    };
    await this.events.append(scopeKey(scope), event, time.getTime());
    failpoint("events.published");
  }

  /**
   * Calls `listener` with every event that fits, in order, one at a time, each at least once. A call that fails is
   * repeated until it succeeds. Whoever must miss none, also over restarts, keeps the number of the last.
   * @param options those from now on, unless told
   */
  async subscribe(
    { after, filter = {} }: Partial<ReadOptions>,
    listener: (published: PublishedEvent) => Promise<void> | void,
  ): Promise<Subscription> {
    const position = after ?? (await this.last());
    const closing = new AbortController();
    const delivery = this.deliver({ after: position, filter }, listener, closing.signal);
    this.deliveries.add(delivery);
    void delivery.finally(() => this.deliveries.delete(delivery));
    return {
      close: async () => {
        closing.abort();
        this.wake();
        await delivery;
      },
    };
  }

  /** The events that are kept, in order; returns the number behind which those lie that are new then. */
  async *read({ after, filter = {} }: ReadOptions): AsyncGenerator<PublishedEvent, number> {
    for (let position = after; ;) {
      const { events, upTo, isAll } = await this.events.read(position, BATCH, filter);
      yield* events;
      if (isAll) return upTo;
      position = upTo;
    }
  }

  /** As {@link read}, and then the new ones as they come, until the signal or the end of the engine. */
  async *follow({ after, filter = {} }: ReadOptions, signal: AbortSignal): AsyncGenerator<PublishedEvent> {
    const ended = AbortSignal.any([signal, this.stopping.signal]);
    ended.addEventListener("abort", () => this.wake());
    for (let position = after; !ended.aborted;) {
      const { arrivals } = this;
      position = yield* this.read({ after: position, filter });
      if (arrivals === this.arrivals) await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The number of the last event. */
  async last(): Promise<number> {
    return (await this.events.bounds()).last;
  }

  /** The number behind which the events since a time lie. */
  lastBefore(time: Date): Promise<number> {
    return this.events.lastBefore(time.getTime());
  }

  private wake(): void {
    this.arrivals++;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async deliver(
    { after, filter = {} }: ReadOptions,
    listener: (published: PublishedEvent) => Promise<void> | void,
    closing: AbortSignal,
  ): Promise<void> {
    const ended = AbortSignal.any([closing, this.stopping.signal]);
    let position = after;
    for (let failures = 0; !ended.aborted;)
      try {
        for await (const published of this.follow({ after: position, filter }, ended)) {
          if (ended.aborted) break;
          await listener(published);
          position = published.sequence;
          failures = 0;
        }
      } catch (err) {
        this.parts.log.warn({ err, after: position }, "an event was not taken and will be told again");
        await this.parts.clock.sleep(backoffMs(++failures, FIRST_RETRY_MS, MAX_RETRY_MS), ended).catch(() => {});
      }
  }

  private async prune(): Promise<void> {
    try {
      await this.events.prune(this.parts.clock.now(), KEPT);
    } catch (err) {
      this.parts.log.warn({ err }, "old events were not removed and will be");
    }
  }
}
