import type { Clock } from "../../../base/clock.ts";
import type { Component } from "../../../base/lifecycle.ts";
import type { Logger } from "../../../base/log.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { ComputeBackend } from "../../../compute/backend.ts";
import type { ContainerUsage } from "../../../compute/usage.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { ServiceDatum } from "../../cloudwatch/service-data.ts";
import { cpuUtilization, memoryUtilization, taskUsage, type TaskUsage } from "./utilization.ts";

const MINUTE_MS = 60_000;
/** Timers may be early; what is read then would count for the wrong minute. */
const AFTER_MS = 50;
const NAMESPACE = "AWS/ECS";

export interface ServiceMetricsParts {
  compute: Pick<ComputeBackend, "usage">;
  /** The tasks that run, of all accounts and Regions. */
  running: () => Promise<readonly TaskRecord[]>;
  publish: (scope: Scope, namespace: string, data: readonly ServiceDatum[]) => void;
  clock: Clock;
  log: Logger;
}

/**
 * Publishes `CPUUtilization` and `MemoryUtilization` of services: at the end of each minute a value of each of their tasks.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */
export class ServiceMetrics implements Component {
  readonly name = "service-metrics";
  private readonly parts: ServiceMetricsParts;
  /** Of the minute before, by task. */
  private earlier = new Map<string, TaskUsage>();
  private stopping = new AbortController();
  private done: Promise<void> = Promise.resolve();

  constructor(parts: ServiceMetricsParts) {
    this.parts = parts;
  }

  start(): void {
    this.stopping = new AbortController();
    this.done = this.everyMinute(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error("the engine stops"));
    await this.done;
    this.earlier.clear();
  }

  private async everyMinute(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts;
    for (;;) {
      try {
        await clock.sleep(MINUTE_MS - (clock.now() % MINUTE_MS) + AFTER_MS, signal);
        await this.sample();
      } catch (err) {
        if (signal.aborted) return;
        log.warn({ err }, "the metrics of services were not published for a minute");
      }
    }
  }

  /** Reads all tasks of services and publishes what they used in the minute that is over. */
  async sample(): Promise<void> {
    const now = new Map<string, TaskUsage>();
    const found = new Map<string, { scope: Scope; data: ServiceDatum[] }>();
    for (const task of await this.parts.running()) {
      const dimensions = serviceOf(task);
      const usage = dimensions && (await this.read(task));
      if (!dimensions || !usage) continue;
      now.set(task.taskId, usage);
      const before = this.earlier.get(task.taskId);
      const cpu = before && cpuUtilization(before, usage, task.cpu);
      // What began within the minute has no whole minute to tell of.
      if (cpu === undefined) continue;
      const key = scopeKey(task.scope);
      const entry = found.get(key) ?? { scope: task.scope, data: [] };
      const common = { dimensions, at: usage.at - MINUTE_MS, unit: "Percent" as const };
      entry.data.push({ ...common, name: "CPUUtilization", value: cpu });
      entry.data.push({ ...common, name: "MemoryUtilization", value: memoryUtilization(usage, task.memoryMiB) });
      found.set(key, entry);
    }
    this.earlier = now;
    for (const { scope, data } of found.values()) this.parts.publish(scope, NAMESPACE, data);
  }

  private async read(task: TaskRecord): Promise<TaskUsage | undefined> {
    const usages = new Map<string, ContainerUsage>();
    for (const { id } of task.containers) {
      const usage = await this.parts.compute.usage(task.taskId, id);
      if (usage) usages.set(id, usage);
    }
    return usages.size ? taskUsage(this.parts.clock.now(), usages, task.isolation === "gvisor") : undefined;
  }
}

/** The dimensions of a task's service; `undefined` for a task of none. */
function serviceOf({ startedBy, group, clusterArn }: TaskRecord): Record<string, string> | undefined {
  if (!startedBy?.startsWith("ecs-svc/") || !group.startsWith("service:")) return undefined;
  const clusterName = clusterArn.split("/").at(-1) ?? "";
  return { ClusterName: clusterName, ServiceName: group.slice("service:".length) };
}
