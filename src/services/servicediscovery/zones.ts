import { scopeKey, type Scope } from "../../base/scope.ts";
import type { ZoneSpec } from "../../network/backend.ts";
import { zoneName } from "./dns-names.ts";
import type { Collections, InstanceRecord, NamespaceRecord } from "./store.ts";
import { zoneRecords } from "./zone-records.ts";

/** The zones that a VPC answers: a private namespace hides a public one of its name, as in Route 53. */
export async function readZones(records: Collections, scope: Scope, vpcId: string): Promise<ZoneSpec[]> {
  const own = await records.namespaces.list(scopeKey(scope), { where: { vpcId } });
  const open = await records.namespaces.listAll({ where: { type: "DNS_PUBLIC" } });
  const zones = new Map<string, ZoneSpec>();
  for (const namespace of own) await addZone(zones, records, scopeKey(scope), namespace);
  for (const { scope: key, document } of open) await addZone(zones, records, key, document);
  return [...zones.values()];
}

async function addZone(
  zones: Map<string, ZoneSpec>,
  records: Collections,
  key: string,
  { namespaceId, name, soaTtl }: NamespaceRecord,
): Promise<void> {
  const zone = zoneName(name);
  if (zones.has(zone)) return;
  const services = await records.services.list(key, { where: { namespaceId } });
  const instances = await records.instances.list(key, { where: { namespaceId } });
  const byService = Map.groupBy(instances, (instance: InstanceRecord) => instance.serviceId);
  const withInstances = services.map((service) => ({ service, instances: byService.get(service.serviceId) ?? [] }));
  zones.set(zone, { name: zone, negativeTtlSeconds: soaTtl, records: zoneRecords(zone, withInstances) });
}
