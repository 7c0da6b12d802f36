import type { HealthCheck, HealthStatus } from "@aws-sdk/client-ecs";
import type { Clock } from "../base/clock.ts";
import { ComputeError, type ComputeBackend } from "../compute/backend.ts";
import type { HealthProbe } from "./task-record.ts";

/** A container health check with every default filled in; times in seconds. */
export interface ResolvedHealthCheck {
  command: string[];
  interval: number;
  timeout: number;
  retries: number;
  startPeriod: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export function resolveHealthCheck(check: HealthCheck): ResolvedHealthCheck {
  return {
    command: check.command ?? [],
    interval: check.interval ?? 30,
    timeout: check.timeout ?? 5,
    retries: check.retries ?? 3,
    startPeriod: check.startPeriod ?? 0,
  };
}

/** The program of a health check: `CMD-SHELL` runs in the container's shell, `CMD` and bare words as they are. */
export function healthCheckArgs(command: readonly string[]): string[] {
  if (command[0] === "CMD-SHELL") return ["/bin/sh", "-c", command.slice(1).join(" ")];
  return command[0] === "CMD" ? command.slice(1) : [...command];
}

/** The state a health check goes through, without its clock. */
export interface HealthProgress {
  status: HealthStatus;
  /** Consecutive failures that count. */
  failures: number;
  /** A success ends the start period early. */
  succeeded: boolean;
}

/** The state after one probe. Failures within the start period do not count. */
export function afterProbe(
  before: HealthProgress,
  check: ResolvedHealthCheck,
  probe: { ok: boolean; secondsSinceStart: number },
): HealthProgress {
  if (probe.ok) return { status: "HEALTHY", failures: 0, succeeded: true };
  if (!before.succeeded && probe.secondsSinceStart < check.startPeriod) return before;
  const failures = before.failures + 1;
  return { ...before, failures, status: failures >= check.retries ? "UNHEALTHY" : before.status };
}

/** Hears every change of status, and the probe that brought it. */
export type HealthListener = (status: HealthStatus, probe: HealthProbe) => void;

/** Probes containers that have a health check, each on its own interval, until told to forget it. */
export class HealthMonitors {
  private readonly running = new Map<string, AbortController>();
  private readonly compute: ComputeBackend;
  private readonly clock: Clock;

  constructor(compute: ComputeBackend, clock: Clock) {
    this.compute = compute;
    this.clock = clock;
  }

  /** Starts probing unless it is going on. */
  watch(
    containerId: string,
    healthCheck: HealthCheck,
    startedAt: Date,
    status: HealthStatus,
    changed: HealthListener,
  ): void {
    if (this.running.has(containerId)) return;
    const abort = new AbortController();
    this.running.set(containerId, abort);
    const progress: HealthProgress = { status, failures: 0, succeeded: status !== "UNKNOWN" };
    void this.loop(containerId, resolveHealthCheck(healthCheck), startedAt, progress, changed, abort.signal);
  }

  forget(containerId: string): void {
    this.running.get(containerId)?.abort();
    this.running.delete(containerId);
  }

  stop(): void {
    for (const id of this.running.keys()) this.forget(id);
  }

  private async loop(
    containerId: string,
    check: ResolvedHealthCheck,
    startedAt: Date,
    first: HealthProgress,
    changed: HealthListener,
    signal: AbortSignal,
  ): Promise<void> {
    let progress = first;
    while (!signal.aborted) {
      try {
        await this.clock.sleep(check.interval * 1000, signal);
      } catch {
        return;
      }
      const probe = await this.probe(containerId, check);
      if (signal.aborted) return;
      if (!probe) continue;
      const secondsSinceStart = (probe.at.getTime() - startedAt.getTime()) / 1000;
      const next = afterProbe(progress, check, { ok: probe.exitCode === 0, secondsSinceStart });
      if (next.status !== progress.status) changed(next.status, probe);
      progress = next;
    }
  }

  private async probe(containerId: string, check: ResolvedHealthCheck): Promise<HealthProbe | undefined> {
    const now = () => new Date(this.clock.now());
    try {
      const result = await this.compute.exec(containerId, healthCheckArgs(check.command), check.timeout * 1000);
      return { at: now(), ...result };
    } catch (cause) {
      if (cause instanceof ComputeError) return { at: now(), exitCode: -1, output: cause.message };
      return undefined; // nobody could be asked: that says nothing of the container
    }
  }
}
