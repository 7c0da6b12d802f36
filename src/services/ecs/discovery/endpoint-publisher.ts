import type { ServiceConnectProxies } from "../../../balancer/service-connect.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import { backoffMs } from "../../../base/retry.ts";
import type { Scope } from "../../../base/scope.ts";
import { settleAll } from "../../../base/settle.ts";
import type { TaskProxyRecord } from "../../../tasks/discovery-record.ts";
import type { ServiceDirectory } from "../../servicediscovery/directory.ts";
import { routeEndpoints, type RouteEndpoints, type TrafficSplits } from "./traffic-split.ts";

export interface EndpointPublisherParts {
  directory: ServiceDirectory;
  proxies: ServiceConnectProxies;
  splits: TrafficSplits;
  clock: Clock;
  log: Logger;
}

interface Dialled {
  /** The routes of tasks that lead to it. */
  tasks: Map<string, string[]>;
  /** How many rounds have begun. */
  generation: number;
}

interface Round {
  running: Promise<void>;
  /** What was asked for while it ran: one more round answers all of it. */
  next: Promise<void> | undefined;
}

/**
 * Brings the instances of Cloud Map services to the proxies of the tasks that dial them. Each round reads what is and
 * writes all of it, so that rounds may be dropped, repeated and taken together.
 */
export class EndpointPublisher {
  private readonly directory: ServiceDirectory;
  private readonly proxies: ServiceConnectProxies;
  private readonly splits: TrafficSplits;
  private readonly clock: Clock;
  private readonly log: Logger;
  /** By Cloud Map service. */
  private readonly dialled = new Map<string, Dialled>();
  private readonly rounds = new Map<string, Round>();
  private readonly retrying = new Set<string>();
  private closed = new AbortController();

  constructor({ directory, proxies, splits, clock, log }: EndpointPublisherParts) {
    this.directory = directory;
    this.proxies = proxies;
    this.splits = splits;
    this.clock = clock;
    this.log = log;
  }

  open(): void {
    this.closed = new AbortController();
  }

  async close(): Promise<void> {
    this.closed.abort();
    await Promise.allSettled([...this.rounds.values()].map(({ running, next }) => next ?? running));
    this.dialled.clear();
  }

  /** From now on the task's proxy hears of changes. */
  add(taskId: string, proxy: TaskProxyRecord): void {
    for (const { serviceId, name } of proxy.clients) {
      const dialled = this.dialled.get(serviceId) ?? { tasks: new Map<string, string[]>(), generation: 0 };
      this.dialled.set(serviceId, dialled);
      dialled.tasks.set(taskId, [...new Set([...(dialled.tasks.get(taskId) ?? []), name])]);
    }
  }

  drop(taskId: string): void {
    for (const [serviceId, { tasks }] of this.dialled)
      if (tasks.delete(taskId) && !tasks.size) this.dialled.delete(serviceId);
  }

  /** Resolves when all proxies know the service's instances as they were when this was called, or newer. */
  publish(scope: Scope, serviceId: string): Promise<void> {
    if (!this.dialled.has(serviceId)) return Promise.resolve();
    const round = this.rounds.get(serviceId);
    if (!round) return this.begin(scope, serviceId);
    round.next ??= round.running.then(
      () => this.begin(scope, serviceId),
      () => this.begin(scope, serviceId),
    );
    return round.next;
  }

  /** As {@link publish}, again and again until it works. */
  publishSurely(scope: Scope, serviceId: string): void {
    this.publish(scope, serviceId).catch((err: unknown) => this.retry(scope, serviceId, err));
  }

  /** Where the requests for a service go, as it is at this moment. */
  async endpointsOf(scope: Scope, serviceId: string): Promise<RouteEndpoints> {
    return await routeEndpoints(this.splits, scope, await this.directory.instances(scope, serviceId));
  }

  /** Counts the rounds of a service that is dialled: what was read at another count may be out of date. */
  generation(serviceId: string): number {
    return this.dialled.get(serviceId)?.generation ?? 0;
  }

  private begin(scope: Scope, serviceId: string): Promise<void> {
    const dialled = this.dialled.get(serviceId);
    if (dialled) dialled.generation++;
    const round: Round = { running: this.round(scope, serviceId), next: undefined };
    this.rounds.set(serviceId, round);
    const ended = () => {
      if (this.rounds.get(serviceId) === round && !round.next) this.rounds.delete(serviceId);
    };
    round.running.then(ended, ended);
    return round.running;
  }

  private async round(scope: Scope, serviceId: string): Promise<void> {
    const tasks = this.dialled.get(serviceId)?.tasks;
    if (!tasks || this.closed.signal.aborted) return;
    const { endpoints, shift } = await this.endpointsOf(scope, serviceId);
    await settleAll(
      [...tasks].flatMap(([taskId, routes]) =>
        routes.map((route) => this.proxies.setEndpoints(taskId, route, endpoints, shift)),
      ),
    );
  }

  private async retry(scope: Scope, serviceId: string, err: unknown): Promise<void> {
    if (this.retrying.has(serviceId)) return;
    this.retrying.add(serviceId);
    const { signal } = this.closed;
    let cause = err;
    for (let failures = 1; !signal.aborted; failures++) {
      this.log.warn({ err: cause, service: serviceId }, "not every proxy took new endpoints; it will be tried again");
      try {
        await this.clock.sleep(backoffMs(failures, 500, 30_000), signal);
        await this.publish(scope, serviceId);
        break;
      } catch (again) {
        cause = again;
      }
    }
    this.retrying.delete(serviceId);
  }
}
