import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { Store } from "../../store/store.ts";
import { CompositeAlarms } from "./alarms/composite-alarms.ts";
import { HISTORY_KEPT_MS } from "./alarms/history.ts";
import { MetricAlarms } from "./alarms/metric-alarms.ts";
import { MetricStore } from "./metrics/metric-store.ts";
import { cloudWatchCollections, type CloudWatchCollections } from "./store.ts";

const SWEEP_EVERY_MS = 10 * 60 * 1000;
/** Beyond it the oldest data goes before its time: whoever may put metrics could fill the disk otherwise. */
const MOST_BYTES = 4 * 1024 ** 3;

export interface CloudWatchOptions {
  store: Store;
  /** Of the metrics. */
  path: string;
  /** How large that file may become; 4 GiB unless told. */
  maxBytes?: number;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Amazon CloudWatch: metrics, and alarms, which are evaluated when their metrics may have changed. */
export class CloudWatch implements Component {
  readonly name = "cloudwatch";
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: CloudWatchCollections;
  readonly metricAlarms: MetricAlarms;
  readonly compositeAlarms: CompositeAlarms;
  private readonly options: CloudWatchOptions;
  private open: MetricStore | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private places = 0;

  constructor(options: CloudWatchOptions) {
    const { store, clock, ids, log } = options;
    this.options = options;
    this.store = store;
    this.clock = clock;
    this.ids = ids;
    this.records = cloudWatchCollections(store);
    this.metricAlarms = new MetricAlarms(this, log);
    this.compositeAlarms = new CompositeAlarms(this, log);
  }

  async start(): Promise<void> {
    this.open = new MetricStore(this.options.path);
    this.sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS);
    this.sweeper.unref();
    this.sweep();
    await this.compositeAlarms.start();
    await this.metricAlarms.start();
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    await this.metricAlarms.stop();
    await this.compositeAlarms.stop();
    this.open?.close();
    this.open = undefined;
  }

  get metrics(): MetricStore {
    if (!this.open) throw new Error("the metrics are closed");
    return this.open;
  }

  /** Forgets all metrics, while it is stopped. */
  clearMetrics(): void {
    const metrics = new MetricStore(this.options.path);
    metrics.clear();
    metrics.close();
  }

  /** Texts that rise while the process runs. */
  nextPlace(): string {
    return String(this.places++).padStart(10, "0");
  }

  /** Rolls up and forgets, step by step, what is too old and what is too much. */
  private sweep(): void {
    const { clock, log, maxBytes = MOST_BYTES } = this.options;
    try {
      if (!this.open) return;
      if (this.open.ageStep(clock.now(), maxBytes)) setImmediate(() => this.sweep());
      else
        void this.records.history
          .deleteAll({ to: { at: clock.now() - HISTORY_KEPT_MS } })
          .catch((err: unknown) => log.error({ err }, "old histories of alarms were not deleted and will be"));
    } catch (err) {
      log.error({ err }, "old metrics were not rolled up and will be");
    }
  }
}
