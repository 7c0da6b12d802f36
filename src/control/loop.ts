import type { Clock } from "../base/clock.ts";
import type { Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import { backoffMs } from "../base/retry.ts";

export interface LoopOptions {
  name: string;
  clock: Clock;
  log: Logger;
  /** Milliseconds between two runs for one key: what happens meanwhile is taken together. */
  debounceMs: number;
  /**
   * Brings one key's world closer to what is wanted. May be run at any time, any number of times.
   * @returns when to look again if nothing wakes the key before (milliseconds since 1970)
   */
  reconcile(key: string): Promise<number | undefined>;
}

interface Entry {
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
  private open = false;

  constructor(options: LoopOptions) {
    this.options = options;
    this.name = options.name;
  }

  start(): void {
    this.open = true;
  }

  async stop(): Promise<void> {
    this.open = false;
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    this.entries.clear();
    await Promise.all(this.active);
  }

  /** Has the key looked at soon. */
  wake(key: string): void {
    if (!this.open) return;
    let entry = this.entries.get(key);
    if (!entry)
      this.entries.set(key, (entry = { lastRun: 0, running: false, wanted: false, failures: 0, timer: undefined }));
    if (entry.running) entry.wanted = true;
    else this.schedule(key, entry, Math.max(this.options.clock.now(), entry.lastRun + this.options.debounceMs));
  }

  private schedule(key: string, entry: Entry, at: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(
      () => {
        const run = this.run(key, entry).finally(() => this.active.delete(run));
        this.active.add(run);
      },
      Math.max(0, at - this.options.clock.now()),
    );
  }

  private async run(key: string, entry: Entry): Promise<void> {
    entry.running = true;
    entry.wanted = false;
    entry.lastRun = this.options.clock.now();
    let next: number | undefined;
    try {
      next = await this.options.reconcile(key);
      entry.failures = 0;
    } catch (err) {
      this.options.log.warn({ err, key }, `${this.name}: a run failed and will be repeated`);
      next = this.options.clock.now() + backoffMs(++entry.failures, 500, 30_000);
    }
    entry.running = false;
    if (!this.open) return;
    if (entry.wanted) this.schedule(key, entry, entry.lastRun + this.options.debounceMs);
    else if (next !== undefined) this.schedule(key, entry, Math.max(next, entry.lastRun + this.options.debounceMs));
    else this.entries.delete(key);
  }
}
