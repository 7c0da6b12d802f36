import { BlockList, isIPv4, isIPv6 } from "node:net";
import { isDnsName } from "./dns-names.ts";
import { invalidInput } from "./errors.ts";
import type { ServiceRecord } from "./store.ts";

const MAX_CUSTOM = 30;
const MAX_CHARACTERS = 5000;

/** What Cloud Map itself makes of attributes; all others are the caller's. */
const FORMATS: Record<string, (value: string) => boolean> = {
  AWS_INSTANCE_IPV4: isIPv4,
  AWS_INSTANCE_IPV6: (value) => isIPv6(value) && !value.includes("%"),
  AWS_INSTANCE_PORT: (value) => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535,
  AWS_INSTANCE_CNAME: isDnsName,
  AWS_INIT_HEALTH_STATUS: (value) => value === "HEALTHY" || value === "UNHEALTHY",
};

/**
 * Checks the attributes of an instance against what its service's records and health check need.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html
 * @throws AwsError InvalidInput
 */
export function checkAttributes(service: ServiceRecord, attributes: Record<string, string>): void {
  const entries = Object.entries(attributes);
  if (entries.filter(([key]) => !Object.hasOwn(FORMATS, key)).length > MAX_CUSTOM)
    throw invalidInput(`The number of custom attributes exceeds the maximum of ${MAX_CUSTOM}.`);
  if (entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0) > MAX_CHARACTERS)
    throw invalidInput(`The total size of all attributes exceeds the maximum of ${MAX_CHARACTERS} characters.`);
  refuseUnbuilt(service, attributes);
  for (const [key, value] of entries)
    if (Object.hasOwn(FORMATS, key) && !FORMATS[key]!(value))
      throw invalidInput(`Invalid value for attribute ${key}: ${value}`);
  for (const key of requiredAttributes(service, attributes))
    if (!attributes[key]) throw invalidInput(`Attribute ${key} is required for instances of service ${service.name}.`);
  if (service.healthCheck && !checkedEndpoint(attributes))
    throw invalidInput("Instances in private, local and multicast address ranges can't be health checked.");
}

/** Load balancers' alias records and EC2 instances, which this engine does not have. */
function refuseUnbuilt(service: ServiceRecord, attributes: Record<string, string>): void {
  const { AWS_ALIAS_DNS_NAME: alias, AWS_EC2_INSTANCE_ID: ec2 } = attributes;
  if (alias !== undefined) {
    if (service.dns?.routingPolicy !== "WEIGHTED")
      throw invalidInput("ALIAS instance can be registered only in services with WEIGHTED routing policy");
    throw invalidInput(`AWS_ALIAS_DNS_NAME ${alias} is not the name of a load balancer.`);
  }
  if (ec2 !== undefined) throw invalidInput(`The EC2 instance ${ec2} does not exist.`);
}

/** What Route 53's checkers cannot reach, in AWS as here: private, local and multicast addresses. */
const UNREACHABLE = {
  ipv4: blockList("ipv4", [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["224.0.0.0", 3],
  ]),
  ipv6: blockList("ipv6", [
    ["::", 127],
    ["::ffff:0:0", 96],
    ["fe80::", 10],
    ["ff00::", 8],
  ]),
};

function blockList(family: "ipv4" | "ipv6", networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/** Where a Route 53 health check of an instance goes; nowhere when it says too little, or the checkers cannot get there. */
export function checkedEndpoint(attributes: Record<string, string>): { address: string; port: number } | undefined {
  const { AWS_INSTANCE_IPV4: ipv4, AWS_INSTANCE_IPV6: ipv6, AWS_INSTANCE_PORT: port } = attributes;
  const address = ipv4 ?? ipv6;
  if (address === undefined || port === undefined || isUnreachable(address)) return undefined;
  return { address, port: Number(port) };
}

function isUnreachable(address: string): boolean {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  return UNREACHABLE[family].check(address, family);
}

function requiredAttributes(service: ServiceRecord, attributes: Record<string, string>): string[] {
  const types = service.dns?.records.map((record) => record.Type) ?? [];
  const address = attributes["AWS_INSTANCE_IPV6"] ? [] : ["AWS_INSTANCE_IPV4"];
  return [
    ...(types.includes("A") ? ["AWS_INSTANCE_IPV4"] : []),
    ...(types.includes("AAAA") ? ["AWS_INSTANCE_IPV6"] : []),
    ...(types.includes("SRV") || service.healthCheck ? ["AWS_INSTANCE_PORT", ...address] : []),
    ...(types.includes("CNAME") ? ["AWS_INSTANCE_CNAME"] : []),
  ];
}
