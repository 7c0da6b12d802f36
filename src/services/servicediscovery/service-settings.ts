import type {
  CreateServiceRequest,
  DnsRecord,
  HealthCheckConfig,
  RoutingPolicy,
} from "@aws-sdk/client-servicediscovery";
import { isDnsName, serviceHostName } from "./dns-names.ts";
import { invalidInput } from "./errors.ts";
import type { DnsRecordConfig, DnsSettings, HealthCheckSettings, NamespaceRecord } from "./store.ts";

/** The types that one service may have records of, sorted. */
const COMBINATIONS = ["A", "AAAA", "A,AAAA", "SRV", "CNAME"];

export interface ServiceSettings {
  dns?: DnsSettings;
  healthCheck?: HealthCheckSettings;
  hasCustomHealth: boolean;
}

/**
 * What a new service is configured with.
 * @throws AwsError InvalidInput
 */
export function serviceSettings(input: CreateServiceRequest, namespace: NamespaceRecord): ServiceSettings {
  const { DnsConfig, HealthCheckConfig: check, HealthCheckCustomConfig: custom } = input;
  const hasDns = namespace.type !== "HTTP" && input.Type !== "HTTP";
  if (!hasDns && DnsConfig?.DnsRecords?.length)
    throw invalidInput("DnsConfig can't be specified for services that are discovered by API calls only.");
  if (hasDns && !DnsConfig) throw invalidInput("DnsConfig must be specified for services in DNS namespaces.");
  if (hasDns && !isDnsName(serviceHostName(input.Name!, namespace.name)))
    throw invalidInput(`The name ${serviceHostName(input.Name!, namespace.name)} is no valid domain name.`);
  if (check && custom)
    throw invalidInput("Specify either HealthCheckConfig or HealthCheckCustomConfig, but not both of them.");
  const dns = hasDns ? dnsSettings(DnsConfig!.DnsRecords!, DnsConfig!.RoutingPolicy) : undefined;
  const healthCheck = check && healthCheckSettings(check, namespace, dns);
  return { ...(dns && { dns }), ...(healthCheck && { healthCheck }), hasCustomHealth: custom !== undefined };
}

/**
 * The records of a service's instances.
 * @throws AwsError InvalidInput for types that do not go together
 */
export function dnsSettings(records: readonly DnsRecord[], routingPolicy: RoutingPolicy = "MULTIVALUE"): DnsSettings {
  const types = records.map((record) => record.Type!).toSorted();
  if (!COMBINATIONS.includes(types.join(",")))
    throw invalidInput(
      `Invalid combination of record types: [${types.join(", ")}]. Valid combinations: [A], [AAAA], [A, AAAA], [SRV], [CNAME].`,
    );
  if (types[0] === "CNAME" && routingPolicy !== "WEIGHTED")
    throw invalidInput("The routing policy must be WEIGHTED for services with a CNAME record.");
  return { routingPolicy, records: records.map(({ Type, TTL }): DnsRecordConfig => ({ Type: Type!, TTL: TTL! })) };
}

/**
 * The Route 53 health check of a service's instances.
 * @throws AwsError InvalidInput
 */
export function healthCheckSettings(
  { Type, ResourcePath, FailureThreshold = 1 }: HealthCheckConfig,
  namespace: NamespaceRecord,
  dns: DnsSettings | undefined,
): HealthCheckSettings {
  if (namespace.type === "DNS_PRIVATE")
    throw invalidInput("HealthCheckConfig is not supported for services in private DNS namespaces.");
  if (dns?.records.some((record) => record.Type === "CNAME"))
    throw invalidInput("HealthCheckConfig can't be specified for services with a CNAME record.");
  if (Type === "TCP" && ResourcePath !== undefined)
    throw invalidInput("ResourcePath can't be specified for health checks of type TCP.");
  if (ResourcePath !== undefined && !/^\/[!-~]*$/.test(ResourcePath))
    throw invalidInput(`Invalid ResourcePath: ${ResourcePath}`);
  return {
    type: Type!,
    ...(Type !== "TCP" && { resourcePath: ResourcePath ?? "/" }),
    failureThreshold: FailureThreshold,
  };
}
