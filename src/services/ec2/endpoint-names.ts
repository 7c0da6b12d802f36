import type { DnsEntry } from "@aws-sdk/client-ec2";
import type { Scope } from "../../base/scope.ts";
import type { ZoneSpec } from "../../network/backend.ts";
import { endpointService } from "./endpoint-services.ts";
import type { NetworkInterfaceRecord, VpcEndpointRecord } from "./records.ts";

const TTL_SECONDS = 60;

/** The names of an endpoint: its own, one for each zone, and that of the service where private DNS is enabled. */
export function endpointNames(
  endpoint: VpcEndpointRecord,
  interfaces: readonly NetworkInterfaceRecord[],
  region: string,
): DnsEntry[] {
  const service = endpointService(region, endpoint.serviceName)!;
  const zonal = interfaces.map(({ availabilityZone }) => ownName(endpoint, service.baseName, `-${availabilityZone}`));
  const names = [ownName(endpoint, service.baseName), ...zonal];
  if (endpoint.privateDnsEnabled) names.push(service.privateDnsName);
  return names.map((DnsName) => ({ DnsName }));
}

/**
 * The zones that a VPC's resolver answers for an endpoint. Each name is a zone by itself: other names beside it are
 * those of the world.
 * @param interfaces the endpoint's that take connections
 */
export function zonesOfEndpoint(
  endpoint: VpcEndpointRecord,
  interfaces: readonly NetworkInterfaceRecord[],
  { account, region }: Scope,
): ZoneSpec[] {
  if (!interfaces.length) return [];
  const { baseName, privateDnsName } = endpointService(region, endpoint.serviceName)!;
  const zones = [zone(ownName(endpoint, baseName), interfaces)];
  for (const each of interfaces) zones.push(zone(ownName(endpoint, baseName, `-${each.availabilityZone}`), [each]));
  // The registry of an account has the account's name.
  if (endpoint.privateDnsEnabled) zones.push(zone(privateDnsName.replace("*", account), interfaces));
  return zones;
}

function ownName({ endpointId, dnsSuffix }: VpcEndpointRecord, baseName: string, zoneSuffix = ""): string {
  return `${endpointId}-${dnsSuffix}${zoneSuffix}.${baseName}`;
}

function zone(name: string, interfaces: readonly NetworkInterfaceRecord[]): ZoneSpec {
  const values = interfaces.map((each) => each.privateIp);
  const records: ZoneSpec["records"] = [{ name, type: "A", ttlSeconds: TTL_SECONDS, values, routing: "MULTIVALUE" }];
  return { name, records };
}
