import type { CreateNetworkAclEntryRequest } from "@aws-sdk/client-ec2";
import { formatCidr, parseCidr } from "../../network/ipv4.ts";
import { invalidParameterCombination, invalidParameterValue, missingParameter, notCidr } from "./errors.ts";
import { parseIpv6Cidr } from "./ipv6.ts";
import type { AclEntryRecord } from "./records.ts";

/** Numbers above are of the entries that every ACL ends with. */
const MAX_RULE_NUMBER = 32_766;
const PROTOCOLS: Readonly<Record<string, string>> = { all: "-1", icmp: "1", tcp: "6", udp: "17", icmpv6: "58" };
const ICMP = "1";
const ICMPV6 = "58";

/**
 * The entry that a request describes: protocols as numbers, blocks in their canonical form, and ports or ICMP types
 * where the protocol has them; AWS ignores them elsewhere.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
 * @throws AwsError InvalidParameterValue, MissingParameter, InvalidParameterCombination
 */
export function readAclEntry(input: Omit<CreateNetworkAclEntryRequest, "NetworkAclId">): AclEntryRecord {
  const { RuleNumber = 0, Egress = false, RuleAction, Protocol = "" } = input;
  checkRuleNumber(RuleNumber);
  const protocol = readProtocol(Protocol);
  return {
    ruleNumber: RuleNumber,
    isEgress: Egress,
    allow: RuleAction === "allow",
    protocol,
    ...readBlock(input),
    ...readPorts(protocol, input),
  };
}

/** @throws AwsError InvalidParameterValue */
export function checkRuleNumber(ruleNumber: number): void {
  if (ruleNumber < 1 || ruleNumber > MAX_RULE_NUMBER)
    throw invalidParameterValue(
      `Invalid value '${ruleNumber}' for ruleNumber. Rule numbers are from 1 to ${MAX_RULE_NUMBER}.`,
    );
}

function readProtocol(text: string): string {
  const named = PROTOCOLS[text.toLowerCase()];
  if (named !== undefined) return named;
  if (text === "-1" || (/^\d{1,3}$/.test(text) && Number(text) <= 255)) return String(Number(text));
  throw invalidParameterValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

function readBlock(input: Pick<CreateNetworkAclEntryRequest, "CidrBlock" | "Ipv6CidrBlock">) {
  const { CidrBlock: v4, Ipv6CidrBlock: v6 } = input;
  if (v4 !== undefined && v6 !== undefined)
    throw invalidParameterCombination("The parameters cidrBlock and ipv6CidrBlock cannot be used together");
  if (v4 !== undefined) {
    const block = parseCidr(v4);
    if (!block) throw notCidr(v4, "cidrBlock");
    return { cidrBlock: formatCidr(block) };
  }
  if (v6 === undefined) throw missingParameter("The request must contain the parameter cidrBlock or ipv6CidrBlock");
  const block = parseIpv6Cidr(v6);
  if (block === undefined) throw notCidr(v6, "ipv6CidrBlock");
  return { ipv6CidrBlock: block };
}

function readPorts(
  protocol: string,
  input: Omit<CreateNetworkAclEntryRequest, "NetworkAclId">,
): Pick<AclEntryRecord, "portRange" | "icmp"> {
  if (protocol === ICMP || (protocol === ICMPV6 && input.Ipv6CidrBlock !== undefined)) {
    const { Type, Code } = input.IcmpTypeCode ?? {};
    if (Type === undefined || Code === undefined)
      throw missingParameter("The request must contain the parameters icmpTypeCode.type and icmpTypeCode.code");
    if (!isIcmpNumber(Type) || !isIcmpNumber(Code))
      throw invalidParameterValue(`Invalid ICMP type and code (${Type}:${Code})`);
    return { icmp: { type: Type, code: Code } };
  }
  if (protocol !== PROTOCOLS["tcp"] && protocol !== PROTOCOLS["udp"]) return {};
  const { From, To } = input.PortRange ?? {};
  if (From === undefined || To === undefined)
    throw missingParameter("The request must contain the parameters portRange.from and portRange.to");
  const [from, to] = From === -1 && To === -1 ? [0, 65_535] : [From, To];
  if (from < 0 || to > 65_535 || from > to) throw invalidParameterValue(`Invalid TCP/UDP port range (${From}:${To})`);
  return { portRange: { from, to } };
}

/** -1 stands for all. */
function isIcmpNumber(value: number): boolean {
  return value >= -1 && value <= 255;
}
