import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import { placeOf, recordKey } from "../../control/record-keys.ts";
import { serviceHostName } from "./dns-names.ts";
import { checkedEndpoint } from "./instance-attributes.ts";
import { setInstanceHealth } from "./instances.ts";
import { probe } from "./probe.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import type { Health, InstanceRecord, ServiceRecord } from "./store.ts";

/** How often Route 53 checks an endpoint, https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html */
const INTERVAL_MS = 30_000;

/** How many probes run at once for one service. */
const AT_ONCE = 50;

interface Streak {
  /** When the instance is probed next. */
  dueAt: number;
  passed: boolean;
  /** Probes in a row with that result. */
  count: number;
}

/** The Route 53 health checks of public and HTTP namespaces: probes instances from this host and writes what it finds. */
export class HealthChecker implements Component {
  readonly name = "servicediscovery health checks";
  private readonly sd: ServiceDiscovery;
  private readonly probe: typeof probe;
  private readonly loop: ReconcileLoop;
  /** By service and instance. */
  private readonly streaks = new Map<string, Map<string, Streak>>();
  private stopping = new AbortController();

  constructor(sd: ServiceDiscovery, log: Logger, probeEndpoint = probe) {
    this.sd = sd;
    this.probe = probeEndpoint;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock: sd.clock,
      log,
      debounceMs: 100,
      unfinished: async () =>
        (await sd.records.services.listAll()).filter(({ document }) => document.healthCheck).map(recordKey),
      reconcile: (key) => this.check(key),
    });
  }

  async start(): Promise<void> {
    this.stopping = new AbortController();
    await this.loop.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop.stop();
    this.streaks.clear();
  }

  /** A service, or what is registered there, may have changed. */
  note(scope: string, serviceId: string): void {
    this.loop.wake(recordKey({ scope, id: serviceId }));
  }

  /** Probes the instances of a service that are due. @returns when the next one is */
  private async check(key: string): Promise<number | undefined> {
    const { scope, id: serviceId } = placeOf(key);
    const { records } = this.sd;
    const service = await records.services.get(scope, serviceId);
    if (!service?.healthCheck) {
      this.streaks.delete(serviceId);
      return undefined;
    }
    const instances = await records.instances.list(scope, { where: { serviceId } });
    const streaks = this.streaksOf(serviceId, instances);
    const namespace = await records.namespaces.get(scope, service.namespaceId);
    const hostName = service.dns && namespace && serviceHostName(service.name, namespace.name);
    const due = instances.filter(({ instanceId }) => (streaks.get(instanceId)?.dueAt ?? 0) <= this.sd.clock.now());
    for (let from = 0; from < due.length && !this.stopping.signal.aborted; from += AT_ONCE)
      await Promise.all(
        due.slice(from, from + AT_ONCE).map((each) => this.checkInstance(scope, service, each, streaks, hostName)),
      );
    const times = [...streaks.values()].map(({ dueAt }) => dueAt);
    return times.length ? Math.min(...times) : undefined;
  }

  /** Without those of instances that are gone. */
  private streaksOf(serviceId: string, instances: readonly InstanceRecord[]): Map<string, Streak> {
    const before = this.streaks.get(serviceId) ?? new Map<string, Streak>();
    const ids = new Set(instances.map(({ instanceId }) => instanceId));
    const streaks = new Map([...before].filter(([id]) => ids.has(id)));
    this.streaks.set(serviceId, streaks);
    return streaks;
  }

  private async checkInstance(
    scope: string,
    { serviceId, healthCheck }: ServiceRecord,
    { instanceId, attributes, health }: InstanceRecord,
    streaks: Map<string, Streak>,
    hostName: string | undefined,
  ): Promise<void> {
    const dueAt = this.sd.clock.now() + INTERVAL_MS;
    const endpoint = checkedEndpoint(attributes);
    const target = endpoint && { ...endpoint, ...(hostName !== undefined && { hostName }) };
    const passed = target !== undefined && (await this.probe(healthCheck!, target, this.stopping.signal));
    if (this.stopping.signal.aborted) return;
    const before = streaks.get(instanceId);
    const count = before?.passed === passed ? before.count + 1 : 1;
    streaks.set(instanceId, { dueAt, passed, count });
    const next = nextHealth(health, passed, count, healthCheck!.failureThreshold);
    await setInstanceHealth(this.sd, parseScopeKey(scope), serviceId, instanceId, next);
  }
}

/** A status changes when enough probes in a row say so; before the first change, one that passes is enough. */
export function nextHealth(health: Health, passed: boolean, count: number, threshold: number): Health {
  if (passed) return health === "UNKNOWN" || count >= threshold ? "HEALTHY" : health;
  return count >= threshold ? "UNHEALTHY" : health;
}
