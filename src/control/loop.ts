import type { Clock } from "../base/clock.ts";
import type { Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import { backoffMs } from "../base/retry.ts";

/** What wakes keys, from when it is called until what it returns is. */
export type KeySource = (wake: (key: string) => void) => () => void;

export interface LoopOptions {
  name: string;
  clock: Clock;
  log: Logger;
  /** Milliseconds between two runs for one key: what happens meanwhile is taken together. */
  debounceMs: number;
  /** How many keys are run side by side at most; any number unless told. The others follow in the order they were due. */
  atOnce?: number;
  /** What the loop listens to while it runs; keys can also be woken by {@link ReconcileLoop.wake}. */
  sources?: readonly KeySource[];
  /** What is left from before its start: these keys are looked at first. */
  unfinished?(): Promise<Iterable<string>>;
  /**
   * Brings one key's world closer to what is wanted. May be run at any time, any number of times.
   * @returns when to look again if nothing wakes the key before (milliseconds since 1970)
   */
  reconcile(key: string): Promise<number | undefined>;
}

/** Longer timers fire at once; a key that is looked at too early is looked at again. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Entry {
  /** By the monotonic clock. */
  lastRun: number;
  running: boolean;
  wanted: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/** The one reconciler: runs `reconcile` for each woken key, one at a time per key, and again after a failure. */
export class ReconcileLoop implements Component {
  readonly name: string;
  private readonly options: LoopOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly active = new Set<Promise<void>>();
  /** Keys that are due and wait for others to end. */
  private readonly due = new Set<string>();
  private listening: (() => void)[] = [];
  private open = false;

  constructor(options: LoopOptions) {
    this.options = options;
    this.name = options.name;
  }

  /** Listens before it looks for what is left, so that it misses nothing. */
  async start(): Promise<void> {
    const { sources = [], unfinished } = this.options;
    this.open = true;
    this.listening = sources.map((listen) => listen((key) => this.wake(key)));
    for (const key of (await unfinished?.()) ?? []) this.wake(key);
  }

  async stop(): Promise<void> {
    this.open = false;
    for (const end of this.listening.splice(0)) end();
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    this.entries.clear();
    this.due.clear();
    await Promise.all(this.active);
  }

  /** Has the key looked at soon. */
  wake(key: string): void {
    if (!this.open) return;
    let entry = this.entries.get(key);
    if (!entry)
      this.entries.set(
        key,
        (entry = { lastRun: Number.NEGATIVE_INFINITY, running: false, wanted: false, failures: 0, timer: undefined }),
      );
    if (entry.running) entry.wanted = true;
    else if (!this.due.has(key)) this.schedule(key, entry, 0);
  }

  /** @param delayMs at the least, and not before the debounce time is over */
  private schedule(key: string, entry: Entry, delayMs: number): void {
    const sinceLastRun = this.options.clock.monotonic() - entry.lastRun;
    const ms = Math.max(0, delayMs, this.options.debounceMs - sinceLastRun);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(
      () => {
        this.due.add(key);
        this.beginDue();
      },
      Math.min(ms, MAX_TIMER_MS),
    );
  }

  private beginDue(): void {
    for (const key of this.due) {
      if (this.active.size >= (this.options.atOnce ?? Infinity)) return;
      this.due.delete(key);
      const run = this.run(key, this.entries.get(key)!).finally(() => {
        this.active.delete(run);
        this.beginDue();
      });
      this.active.add(run);
    }
  }

  private async run(key: string, entry: Entry): Promise<void> {
    entry.running = true;
    entry.wanted = false;
    entry.lastRun = this.options.clock.monotonic();
    let delayMs: number | undefined;
    try {
      const next = await this.options.reconcile(key);
      delayMs = next === undefined ? undefined : next - this.options.clock.now();
      entry.failures = 0;
    } catch (err) {
      this.options.log.warn({ err, key }, `${this.name}: a run failed and will be repeated`);
      delayMs = backoffMs(++entry.failures, 500, 30_000);
    }
    entry.running = false;
    if (!this.open) return;
    if (entry.wanted) this.schedule(key, entry, 0);
    else if (delayMs !== undefined) this.schedule(key, entry, delayMs);
    else this.entries.delete(key);
  }
}
