import type { IpPermission, SecurityGroupRuleRequest, UserIdGroupPair } from "@aws-sdk/client-ec2";
import { formatCidr, parseCidr } from "../../network/ipv4.ts";
import { invalidParameterValue, missingParameter } from "./errors.ts";
import { peerKindChanged } from "./errors/security-groups.ts";
import { parseIpv6Cidr } from "./ipv6.ts";
import type { RulePeer } from "./records.ts";

/** A rule as a request describes it: not yet with an id. */
export interface RequestedRule {
  protocol: string;
  fromPort: number;
  toPort: number;
  peer: RulePeer;
  description?: string;
}

/** Finds what the rules of a request name. */
export interface PeerLookup {
  /** The group of a pair, of the same VPC or of a peered one. */
  group(pair: UserIdGroupPair): Promise<RulePeer>;
  prefixList(prefixListId: string): Promise<RulePeer>;
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/**
 * Reads the permissions of a request into single rules, one for each peer.
 * @throws AwsError InvalidParameterValue, MissingParameter, InvalidGroup.NotFound, InvalidPrefixListID.NotFound
 */
export async function requestedRules(
  permissions: readonly IpPermission[],
  lookup: PeerLookup,
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
    for (const pair of permission.UserIdGroupPairs ?? []) add(await lookup.group(pair), pair.Description);
    for (const { PrefixListId = "", Description } of permission.PrefixListIds ?? [])
      add(await lookup.prefixList(PrefixListId), Description);
  }
  return rules;
}

function malformedCidr(text: string) {
  return invalidParameterValue(`CIDR block ${text} is malformed`);
}

/** The permissions of a request in either form: `IpPermissions`, or one rule in members of its own. */
export function permissionsOf(input: {
  IpPermissions?: IpPermission[];
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIp?: string;
  SourceSecurityGroupName?: string;
  SourceSecurityGroupOwnerId?: string;
}): IpPermission[] {
  if (input.IpPermissions?.length) return input.IpPermissions;
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName, SourceSecurityGroupOwnerId } = input;
  if (SourceSecurityGroupName !== undefined) {
    // A whole group could only be let in with this member.
    const pair = { GroupName: SourceSecurityGroupName, UserId: SourceSecurityGroupOwnerId };
    return [{ IpProtocol: "-1", UserIdGroupPairs: [pair] }];
  }
  if (CidrIp === undefined) return [];
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}

/** The rule of ModifySecurityGroupRules in the form that the other operations use. */
export function permissionOfRule({ IpProtocol, FromPort, ToPort, ...rule }: SecurityGroupRuleRequest): IpPermission {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId, Description } = rule;
  return {
    IpProtocol,
    FromPort,
    ToPort,
    IpRanges: CidrIpv4 === undefined ? [] : [{ CidrIp: CidrIpv4, Description }],
    Ipv6Ranges: CidrIpv6 === undefined ? [] : [{ CidrIpv6, Description }],
    PrefixListIds: PrefixListId === undefined ? [] : [{ PrefixListId, Description }],
    UserIdGroupPairs: ReferencedGroupId === undefined ? [] : [{ GroupId: ReferencedGroupId, Description }],
  };
}

/**
 * The description of a rule, if it may be one.
 * @throws AwsError InvalidParameterValue
 */
export function checkedDescription(text: string): string {
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

const KINDS = {
  cidrIpv4: { given: "an IPv4 CIDR", present: "IPv4 CIDR" },
  cidrIpv6: { given: "an IPv6 CIDR", present: "IPv6 CIDR" },
  prefixListId: { given: "a prefix list id", present: "prefix list" },
  groupId: { given: "a referenced group id", present: "referenced group" },
};

/**
 * Checks that a rule goes on naming the kind of peer that it names.
 * @throws AwsError InvalidParameterValue
 */
export function checkKind(given: RulePeer, present: RulePeer): void {
  const [from, to] = [kindOf(present), kindOf(given)];
  if (from !== to) throw peerKindChanged(KINDS[to].given, KINDS[from].present);
}

function kindOf(peer: RulePeer): keyof typeof KINDS {
  if ("cidrIpv4" in peer) return "cidrIpv4";
  if ("cidrIpv6" in peer) return "cidrIpv6";
  return "groupId" in peer ? "groupId" : "prefixListId";
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
