import type { IpPermission, SecurityGroupRule, Tag } from "@aws-sdk/client-ec2";
import { formatCidr, parseCidr } from "../../network/ipv4.ts";
import { invalidParameterValue, missingParameter, notFound } from "./errors.ts";
import { parseIpv6Cidr } from "./ipv6.ts";
import type { RulePeer, RuleRecord } from "./store.ts";

/** A rule as a request describes it: not yet with an id. */
export interface RequestedRule {
  protocol: string;
  fromPort: number;
  toPort: number;
  peer: RulePeer;
  description?: string;
}

/** The group that a request names by id or name. */
export type GroupLookup = (pair: {
  GroupId?: string;
  GroupName?: string;
  VpcId?: string;
  UserId?: string;
}) => Promise<string>;

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/**
 * Reads the permissions of a request into single rules, one for each peer.
 * @param groupId finds the group of a pair
 * @throws AwsError InvalidParameterValue, MissingParameter, InvalidGroup.NotFound, InvalidPrefixListID.NotFound
 */
export async function requestedRules(
  permissions: readonly IpPermission[],
  groupId: GroupLookup,
): Promise<RequestedRule[]> {
  const rules: RequestedRule[] = [];
  for (const permission of permissions) {
    const scope = { ...protocolAndPorts(permission) };
    const add = (peer: RulePeer, description: string | undefined) =>
      rules.push({
        ...scope,
        peer,
        ...(description === undefined ? {} : { description: checkedDescription(description) }),
      });
    for (const { CidrIp = "", Description } of permission.IpRanges ?? []) {
      const block = parseCidr(CidrIp);
      if (!block) throw malformedCidr(CidrIp);
      add({ cidrIpv4: formatCidr(block) }, Description);
    }
    for (const { CidrIpv6 = "", Description } of permission.Ipv6Ranges ?? []) {
      const cidrIpv6 = parseIpv6Cidr(CidrIpv6);
      if (cidrIpv6 === undefined) throw malformedCidr(CidrIpv6);
      add({ cidrIpv6 }, Description);
    }
    for (const pair of permission.UserIdGroupPairs ?? []) add({ groupId: await groupId(pair) }, pair.Description);
    for (const { PrefixListId = "" } of permission.PrefixListIds ?? []) throw notFound("pl", PrefixListId);
  }
  return rules;
}

function malformedCidr(text: string) {
  return invalidParameterValue(`CIDR block ${text} is malformed`);
}

function checkedDescription(text: string): string {
  if (!/^[\w .:/()#,@[\]+=&;{}!$*-]{0,255}$/.test(text))
    throw invalidParameterValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  return text;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function protocolAndPorts({ IpProtocol, FromPort, ToPort }: IpPermission): Omit<RequestedRule, "peer" | "description"> {
  if (IpProtocol === undefined || IpProtocol === "")
    throw missingParameter("The request must contain the parameter ipProtocol");
  const protocol = protocolName(IpProtocol);
  switch (protocol) {
    case "tcp":
    case "udp":
      return { protocol, ...portRange(FromPort, ToPort) };
    case "icmp":
    case "icmpv6":
      return { protocol, ...icmpTypeAndCode(FromPort, ToPort) };
    default:
      return { protocol, fromPort: -1, toPort: -1 }; // ports that are told for other protocols are ignored, as on AWS
  }
}

function protocolName(text: string): string {
  const lower = text.toLowerCase();
  if (["tcp", "udp", "icmp", "icmpv6", "-1"].includes(lower)) return lower;
  if (lower === "all") return "-1";
  if (!/^\d{1,3}$/.test(lower) || Number(lower) > 255)
    throw invalidParameterValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
  return PROTOCOL_NAMES[String(Number(lower))] ?? String(Number(lower));
}

function portRange(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined)
    throw invalidParameterValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  if (from < 0 || from > 65535) throw invalidParameterValue(`TCP/UDP (from) port (${from}) out of range`);
  if (to < 0 || to > 65535) throw invalidParameterValue(`TCP/UDP (to) port (${to}) out of range`);
  if (from > to) throw invalidParameterValue(`Invalid TCP/UDP port range (${from}:${to})`);
  return { fromPort: from, toPort: to };
}

function icmpTypeAndCode(type = -1, code = -1) {
  if (type < -1 || type > 255) throw invalidParameterValue(`ICMP type (${type}) out of range`);
  if (code < -1 || code > 255) throw invalidParameterValue(`ICMP code (${code}) out of range`);
  if (type === -1 && code !== -1) throw invalidParameterValue(`ICMP code (${code}) must be -1 when the type is -1`);
  return { fromPort: type, toPort: code };
}

/** Whether a rule allows the same: descriptions and tags do not count. */
export function sameRule(a: RequestedRule, b: RequestedRule): boolean {
  return ruleKey(a) === ruleKey(b);
}

function ruleKey({ protocol, fromPort, toPort, peer }: RequestedRule): string {
  return [protocol, fromPort, toPort, peerText(peer)].join();
}

/** The rule as the error of a duplicate describes it. */
export function describeRule({ protocol, fromPort, toPort, peer }: RequestedRule): string {
  return `peer: ${peerText(peer)}, ${describeProtocol(protocol, fromPort, toPort)}, ALLOW`;
}

function describeProtocol(protocol: string, from: number, to: number): string {
  const all = (value: number) => (value < 0 ? "ALL" : String(value));
  switch (protocol) {
    case "-1":
      return "ALL";
    case "tcp":
    case "udp":
      return `${protocol.toUpperCase()}, from port: ${from}, to port: ${to}`;
    case "icmp":
    case "icmpv6":
      return `${protocol.toUpperCase()}, type: ${all(from)}, code: ${all(to)}`;
    default:
      return `protocol: ${protocol}`;
  }
}

function peerText(peer: RulePeer): string {
  if ("groupId" in peer) return peer.groupId;
  if ("prefixListId" in peer) return peer.prefixListId;
  return "cidrIpv4" in peer ? peer.cidrIpv4 : peer.cidrIpv6;
}

/** Rules as DescribeSecurityGroups shows them: one permission for each protocol and port range. */
export function mergedPermissions(rules: readonly RuleRecord[], account: string): IpPermission[] {
  const merged = new Map<string, Required<Omit<IpPermission, "FromPort" | "ToPort">> & IpPermission>();
  for (const { protocol, fromPort, toPort, peer, description } of rules) {
    const key = [protocol, fromPort, toPort].join();
    const permission = merged.get(key) ?? {
      IpProtocol: protocol,
      ...(hasPorts(protocol) ? { FromPort: fromPort, ToPort: toPort } : {}),
      UserIdGroupPairs: [],
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
    };
    merged.set(key, permission);
    const Description = description;
    if ("groupId" in peer) permission.UserIdGroupPairs.push({ GroupId: peer.groupId, UserId: account, Description });
    else if ("prefixListId" in peer) permission.PrefixListIds.push({ PrefixListId: peer.prefixListId, Description });
    else if ("cidrIpv4" in peer) permission.IpRanges.push({ CidrIp: peer.cidrIpv4, Description });
    else permission.Ipv6Ranges.push({ CidrIpv6: peer.cidrIpv6, Description });
  }
  return [...merged.values()];
}

function hasPorts(protocol: string): boolean {
  return ["tcp", "udp", "icmp", "icmpv6"].includes(protocol);
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function ruleView(
  rule: RuleRecord,
  groupId: string,
  account: string,
  arnOf: (ruleId: string) => string,
): SecurityGroupRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: groupId,
    GroupOwnerId: account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...("cidrIpv4" in peer ? { CidrIpv4: peer.cidrIpv4 } : {}),
    ...("cidrIpv6" in peer ? { CidrIpv6: peer.cidrIpv6 } : {}),
    ...("prefixListId" in peer ? { PrefixListId: peer.prefixListId } : {}),
    ...("groupId" in peer ? { ReferencedGroupInfo: { GroupId: peer.groupId, UserId: account } } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: rule.tags as Tag[],
    SecurityGroupRuleArn: arnOf(rule.ruleId),
  };
}
