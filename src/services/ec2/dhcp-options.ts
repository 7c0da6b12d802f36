import { isIP, isIPv4 } from "node:net";
import type { DhcpOptions, NewDhcpConfiguration } from "@aws-sdk/client-ec2";
import { type Scope } from "../../base/scope.ts";
import { addressAt, cidr } from "../../network/ipv4.ts";
import type { AttachedInterface } from "../../tasks/ports.ts";
import { invalidParameterValue, missingParameter } from "./errors.ts";
import type { DhcpOptionsRecord, VpcRecord } from "./records.ts";

/** What stands for the resolver of the VPC. */
const AMAZON_DNS = "AmazonProvidedDNS";
const MAX_SERVERS = 4;
/** What stands for no options set. */
export const NO_OPTIONS = "default";

/**
 * The options of a request, checked. Only name servers and the domain name mean something to tasks: the others are for
 * operating systems, and no container is one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 * @throws AwsError InvalidParameterValue, MissingParameter
 */
export function requestedConfigurations(
  requested: readonly NewDhcpConfiguration[],
): DhcpOptionsRecord["configurations"] {
  if (!requested.length) throw missingParameter("The request must contain the parameter dhcpConfigurations");
  const configurations = requested.map(({ Key = "", Values = [] }) => {
    if (!Values.length || Values.some((value) => !value))
      throw invalidParameterValue(`Value () for parameter value is invalid. DHCP option ${Key} must have a value.`);
    checkOption(Key, Values);
    return { key: Key, values: [...Values] };
  });
  const keys = configurations.map(({ key }) => key);
  const repeated = keys.find((key, i) => keys.indexOf(key) !== i);
  if (repeated !== undefined)
    throw invalidParameterValue(`Value (${repeated}) for parameter key is invalid. The option is specified twice.`);
  return configurations.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function checkOption(key: string, values: readonly string[]): void {
  switch (key) {
    case "domain-name":
      if (values.length > 1)
        throw invalidParameterValue(
          "Value for parameter domain-name is invalid. Only one domain name may be specified.",
        );
      return;
    case "domain-name-servers":
      checkServers(key, values, (value) => value === AMAZON_DNS || isIP(value) > 0);
      return;
    case "ntp-servers":
      checkServers(key, values, (value) => isIP(value) > 0);
      return;
    case "netbios-name-servers":
      checkServers(key, values, isIPv4);
      return;
    case "netbios-node-type":
      checkNumber(key, values, (value) => [1, 2, 4, 8].includes(value));
      return;
    case "ipv6-address-preferred-lease-time":
      checkNumber(key, values, (value) => value >= 140 && value <= 2_147_483_647);
      return;
    default:
      throw invalidParameterValue(`Value (${key}) for parameter key is invalid. Unknown DHCP option`);
  }
}

function checkServers(key: string, values: readonly string[], valid: (value: string) => boolean): void {
  if (values.length > MAX_SERVERS)
    throw invalidParameterValue(
      `Value (${values.join(", ")}) for parameter ${key} is invalid. At most ${MAX_SERVERS} servers may be specified.`,
    );
  const wrong = values.find((value) => !valid(value));
  if (wrong !== undefined)
    throw invalidParameterValue(`Value (${wrong}) for parameter value is invalid. Invalid DHCP option value.`);
}

function checkNumber(key: string, [value = "", ...others]: readonly string[], valid: (value: number) => boolean): void {
  if (others.length || !/^\d+$/.test(value) || !valid(Number(value)))
    throw invalidParameterValue(`Value (${[value, ...others].join(", ")}) for parameter ${key} is invalid.`);
}

/**
 * What an interface is told of name resolution: the resolver of a VPC is the second address of its primary range.
 * @param options none when the VPC has no options set
 */
export function resolverSettings(
  vpc: VpcRecord,
  options: DhcpOptionsRecord | undefined,
): Pick<AttachedInterface, "nameservers" | "searchDomains"> {
  const values = (key: string) => options?.configurations.find((each) => each.key === key)?.values ?? [];
  const resolver = addressAt(cidr(vpc.cidrBlocks[0]!.cidrBlock), 2);
  return {
    nameservers: values("domain-name-servers").map((server) => (server === AMAZON_DNS ? resolver : server)),
    // Some systems take several, in one value with spaces between them.
    searchDomains: values("domain-name").flatMap((name) => name.split(" ").filter(Boolean)),
  };
}

/** An options set as the API shows it. */
export function dhcpOptionsView(options: DhcpOptionsRecord, scope: Scope): DhcpOptions {
  return {
    DhcpOptionsId: options.dhcpOptionsId,
    DhcpConfigurations: options.configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
    OwnerId: scope.account,
    Tags: options.tags,
  };
}
