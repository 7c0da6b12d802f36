import type { Clock } from "../../base/clock.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { ComputeBackend } from "../../compute/backend.ts";
import type { NetworkBackend } from "../../network/backend.ts";
import type { ContainerRecord, TaskRecord } from "../task-record.ts";
import type { StatsSample } from "./stats-view.ts";

export interface StatsSamplerParts {
  compute: Pick<ComputeBackend, "usage">;
  network: Pick<NetworkBackend, "counters">;
  clock: Clock;
  log: Logger;
}

/** Fargate reads every container's counters so often; here, those of containers that somebody asks about. */
const EVERY_MS = 10_000;
/** So long after the last question. */
const FOLLOWED_MS = 60_000;
/** How far apart two readings are at least that something is computed from. */
const APART_MS = 1000;

interface Followed {
  taskId: string;
  /** Readings, the oldest first: two are enough. */
  samples: StatsSample[];
  /** When somebody asked last, of the monotonic clock. */
  askedAt: number;
  timer: NodeJS.Timeout;
}

/** A reading with an earlier one. */
export interface StatsPair {
  now: StatsSample;
  before: StatsSample;
}

/** Reads the counters of containers, and keeps an earlier reading of those that are asked about again and again. */
export class StatsSampler implements Component {
  readonly name = "container-stats";
  private readonly parts: StatsSamplerParts;
  private readonly followed = new Map<string, Followed>();

  constructor(parts: StatsSamplerParts) {
    this.parts = parts;
  }

  start(): void {}

  /**
   * Reads a container's counters. The first question takes a second, so that there is something to compare with.
   * @returns `undefined` when the container does not run
   */
  async pair(task: TaskRecord, container: ContainerRecord): Promise<StatsPair | undefined> {
    const now = await this.sample(task, container);
    if (!now) {
      this.forget(container.id);
      return undefined;
    }
    const followed = this.follow(task, container, now);
    // A container that was started again has counted from zero since.
    const before = followed.samples.findLast(
      ({ usage }) => now.usage.readAt - usage.readAt >= APART_MS && now.usage.cpu.total >= usage.cpu.total,
    );
    if (before) return { now, before };
    await this.parts.clock.sleep(APART_MS);
    const later = await this.sample(task, container);
    return later && { now: later, before: now };
  }

  /** Reads no more. */
  stop(): void {
    for (const id of this.followed.keys()) this.forget(id);
  }

  private async sample({ taskId, eni }: TaskRecord, { id }: ContainerRecord): Promise<StatsSample | undefined> {
    const [usage, network] = await Promise.all([
      this.parts.compute.usage(taskId, id),
      this.parts.network.counters(eni.vpcId, eni.interfaceId),
    ]);
    return usage && { usage, network };
  }

  private follow(task: TaskRecord, container: ContainerRecord, first: StatsSample): Followed {
    const askedAt = this.parts.clock.monotonic();
    const known = this.followed.get(container.id);
    if (known) {
      known.askedAt = askedAt;
      return known;
    }
    const timer = setInterval(() => void this.readAgain(task, container), EVERY_MS);
    timer.unref();
    const followed = { taskId: task.taskId, samples: [first], askedAt, timer };
    this.followed.set(container.id, followed);
    return followed;
  }

  private async readAgain(task: TaskRecord, container: ContainerRecord): Promise<void> {
    const followed = this.followed.get(container.id);
    if (!followed) return;
    try {
      const late = this.parts.clock.monotonic() - followed.askedAt > FOLLOWED_MS;
      const sample = late ? undefined : await this.sample(task, container);
      if (sample) followed.samples = [...followed.samples.slice(-1), sample];
      else this.forget(container.id);
    } catch (err) {
      this.parts.log.warn({ err, container: container.id }, "a container's counters could not be read");
    }
  }

  private forget(id: string): void {
    clearInterval(this.followed.get(id)?.timer);
    this.followed.delete(id);
  }
}
