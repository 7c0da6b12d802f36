import { monitorEventLoopDelay, type RecordableHistogram } from "node:perf_hooks";
import type { Component } from "../base/lifecycle.ts";

/** How often the event loop's delay is looked at, milliseconds. */
const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.9, 0.99, 1];

type Histogram = Pick<RecordableHistogram, "percentile" | "count" | "reset">;

/**
 * How the engine itself is, as text for Prometheus: what its event loop keeps others waiting, how long the service
 * scheduler takes for a service, and its memory. The quantiles are of the time since they were last asked for; 1 is the
 * most. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export class EngineMetrics implements Component {
  readonly name = "metrics";
  private readonly loopDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly rounds: RecordableHistogram;

  /** @param rounds how long the service scheduler's rounds took, nanoseconds */
  constructor(rounds: RecordableHistogram) {
    this.rounds = rounds;
  }

  start(): void {
    this.loopDelay.enable();
  }

  stop(): void {
    this.loopDelay.disable();
  }

  /** The metrics' text; the quantiles begin anew. */
  text(): string {
    // The timer itself is due so late at its best.
    const delay = (nanoseconds: number) => Math.max(0, nanoseconds - RESOLUTION_MS * 1e6);
    return [
      ...summary("neargate_event_loop_delay_seconds", this.loopDelay, delay),
      ...summary("neargate_service_round_seconds", this.rounds, (nanoseconds) => nanoseconds),
      "# TYPE process_resident_memory_bytes gauge",
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
      "",
    ].join("\n");
  }
}

function summary(name: string, histogram: Histogram, of: (nanoseconds: number) => number): string[] {
  const value = (quantile: number) => (histogram.count ? of(histogram.percentile(quantile * 100)) / 1e9 : 0);
  const lines = [
    `# TYPE ${name} summary`,
    ...QUANTILES.map((quantile) => `${name}{quantile="${quantile}"} ${value(quantile)}`),
    `${name}_count ${histogram.count}`,
  ];
  histogram.reset();
  return lines;
}
