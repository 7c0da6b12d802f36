import type { ZoneRecord } from "../../network/backend.ts";
import { hostName, serviceHostName } from "./dns-names.ts";
import type { InstanceRecord, ServiceRecord } from "./store.ts";

/** What a zone is computed from. */
export interface ServiceWithInstances {
  service: ServiceRecord;
  instances: readonly InstanceRecord[];
}

/** Cloud Map gives all SRV records the same priority and weight. */
const SRV_PREFIX = "1 1";

/**
 * The record sets of a namespace's zone, sorted by name and type.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
 */
export function zoneRecords(namespace: string, services: readonly ServiceWithInstances[]): ZoneRecord[] {
  const sets = new RecordSets();
  for (const { service, instances } of services) addService(sets, namespace, service, instances);
  return sets.list();
}

function addService(
  sets: RecordSets,
  namespace: string,
  service: ServiceRecord,
  instances: readonly InstanceRecord[],
): void {
  if (!service.dns) return;
  const name = serviceHostName(service.name, namespace);
  const { routingPolicy: routing } = service.dns;
  const answering = answeringInstances(service, instances);
  for (const { Type: type, TTL: ttlSeconds } of service.dns.records) {
    for (const { instanceId, attributes } of answering) {
      const host = hostName(instanceId, service.name, namespace);
      const value = recordValue(type, attributes, host);
      if (value !== undefined) sets.add({ name, type, ttlSeconds, routing }, value);
    }
    if (type === "SRV") addHosts(sets, namespace, service, instances, ttlSeconds);
  }
}

/** The addresses of the hosts that SRV records name: each has one, so also an unhealthy one is answered. */
function addHosts(
  sets: RecordSets,
  namespace: string,
  service: ServiceRecord,
  instances: readonly InstanceRecord[],
  ttlSeconds: number,
): void {
  for (const { instanceId, attributes } of instances) {
    const name = hostName(instanceId, service.name, namespace);
    const { AWS_INSTANCE_IPV4: ipv4, AWS_INSTANCE_IPV6: ipv6 } = attributes;
    if (ipv4) sets.add({ name, type: "A", ttlSeconds, routing: "MULTIVALUE" }, ipv4);
    if (ipv6) sets.add({ name, type: "AAAA", ttlSeconds, routing: "MULTIVALUE" }, ipv6);
  }
}

/**
 * The instances that names lead to: those that are not unhealthy, or all when every one is, as Route 53 does.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export function answeringInstances(service: ServiceRecord, instances: readonly InstanceRecord[]): InstanceRecord[] {
  const healthy = instances.filter((instance) => isHealthy(service, instance));
  return healthy.length ? healthy : [...instances];
}

/** Whether nothing is known against an instance: without a health check it is healthy. */
export function isHealthy(service: ServiceRecord, { health }: InstanceRecord): boolean {
  return health !== "UNHEALTHY" || !(service.hasCustomHealth || service.healthCheck);
}

function recordValue(
  type: ZoneRecord["type"],
  { AWS_INSTANCE_IPV4, AWS_INSTANCE_IPV6, AWS_INSTANCE_PORT, AWS_INSTANCE_CNAME }: Record<string, string>,
  host: string,
): string | undefined {
  switch (type) {
    case "A":
      return AWS_INSTANCE_IPV4;
    case "AAAA":
      return AWS_INSTANCE_IPV6;
    case "SRV":
      return AWS_INSTANCE_PORT && `${SRV_PREFIX} ${AWS_INSTANCE_PORT} ${host}`;
    case "CNAME":
      return AWS_INSTANCE_CNAME?.replace(/\.$/, "");
  }
}

/** Collects values by name and type: a service may have the name of another one's host. */
class RecordSets {
  private readonly sets = new Map<string, ZoneRecord>();

  add(set: Omit<ZoneRecord, "values">, value: string): void {
    const key = `${set.name.toLowerCase()} ${set.type}`;
    const known = this.sets.get(key);
    if (!known) this.sets.set(key, { ...set, values: [value] });
    else if (!known.values.includes(value)) known.values.push(value);
  }

  list(): ZoneRecord[] {
    return [...this.sets].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
  }
}
