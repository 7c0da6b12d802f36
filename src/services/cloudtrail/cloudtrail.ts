import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { CallObserver, FinishedCall } from "../../wire/calls.ts";
import { eventOf, type StoredEvent } from "./event.ts";
import { EventStore } from "./event-store.ts";
import { isManagementEvent } from "./operation-kinds.ts";

/** As AWS: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
export const KEPT_MS = 90 * 24 * 60 * 60 * 1000;
/** How long an event of a call that changed nothing may wait for others to be written with. */
const GATHERED_MS = 250;
const MOST_GATHERED = 500;
/** After a failed write, such as on a full disk: how soon it is tried again, and how many events may wait for it. */
const RETRY_MS = 1000;
const MOST_WAITING = 10_000;
const SWEEP_EVERY_MS = 10 * 60 * 1000;
/** Beyond it the oldest events go before their time: whoever may call anything could fill the disk otherwise. */
const MOST_BYTES = 4 * 1024 ** 3;
/** Of calls whose signer is not known, in a minute: anybody may send any number, and each takes space for months. */
const MOST_OF_STRANGERS = 600;

export interface CloudTrailOptions {
  path: string;
  /** How large the history may become; 4 GiB unless told. */
  maxBytes?: number;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * The event history: an event for each call of an operation. An event of a call that changes something is written before
 * the call is answered; those of other calls are gathered for a moment.
 */
export class CloudTrail implements Component, CallObserver {
  readonly name = "cloudtrail";
  private readonly options: CloudTrailOptions;
  private store: EventStore | undefined;
  private gathered: StoredEvent[] = [];
  private writer: NodeJS.Timeout | undefined;
  private failing = false;
  private strangers = { minute: 0, calls: 0 };
  private sweeper: NodeJS.Timeout | undefined;

  constructor(options: CloudTrailOptions) {
    this.options = options;
  }

  start(): void {
    this.store = new EventStore(this.options.path);
    this.sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS);
    this.sweeper.unref();
    this.sweep();
  }

  stop(): void {
    clearInterval(this.sweeper);
    this.write();
    clearTimeout(this.writer);
    this.store?.close();
    this.store = undefined;
  }

  called(call: FinishedCall): void {
    if (!this.store || !isManagementEvent(call.service.name, call.operation) || this.isOneTooMany(call)) return;
    try {
      const event = eventOf(call, this.options.ids.uuid());
      if (this.gathered.length < MOST_WAITING) this.gathered.push(event);
      if (this.failing) return; // its next attempt takes this event, too
      if (!event.readOnly || this.gathered.length >= MOST_GATHERED) this.write();
      else this.writer ??= setTimeout(() => this.write(), GATHERED_MS);
    } catch (err) {
      this.options.log.error({ err, operation: call.operation }, "a call left no event");
    }
  }

  /** The events so far, those included that are not written yet. */
  get events(): EventStore {
    if (!this.store) throw new Error("the event history is closed");
    this.write();
    return this.store;
  }

  /** How many events wait since a write failed; 0 when events can be written. */
  get unwritten(): number {
    return this.failing ? this.gathered.length : 0;
  }

  get clock(): Clock {
    return this.options.clock;
  }

  private isOneTooMany({ caller, at }: FinishedCall): boolean {
    if (caller && caller.principal.type !== "Anonymous") return false;
    const minute = Math.floor(at / 60_000);
    if (minute !== this.strangers.minute) this.strangers = { minute, calls: 0 };
    const calls = ++this.strangers.calls;
    if (calls === MOST_OF_STRANGERS + 1)
      this.options.log.warn("more calls of unknown signers than are kept: the rest of this minute leaves no events");
    return calls > MOST_OF_STRANGERS;
  }

  private write(): void {
    clearTimeout(this.writer);
    this.writer = undefined;
    const { gathered: events, store } = this;
    if (!events.length || !store) return;
    try {
      store.append(events);
      this.gathered = [];
      this.failing = false;
    } catch (err) {
      this.failing = true;
      this.writer = setTimeout(() => this.write(), RETRY_MS);
      this.options.log.error({ err, events: events.length }, "events were not written and will be");
    }
  }

  /** Forgets, step by step, what is too old and what is too much. */
  private sweep(): void {
    const { clock, maxBytes = MOST_BYTES } = this.options;
    try {
      if (!this.store) return;
      const tooLarge = this.store.bytes > maxBytes;
      if (this.store.expireStep(tooLarge ? Number.MAX_SAFE_INTEGER : clock.now() - KEPT_MS))
        setImmediate(() => this.sweep());
    } catch (err) {
      this.options.log.error({ err }, "old events were not deleted and will be");
    }
  }
}
