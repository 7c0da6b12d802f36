import type { RuleSpec } from "../backend.ts";
import { parseCidr, formatIpv4 } from "../ipv4.ts";
import { expression as x, type Expression } from "./nft.ts";

/** Whether a rule of the group lets traffic come from its peer, or go to it. */
export type Direction = "ingress" | "egress";

/**
 * The nftables rules that accept what the security group's rule allows: none for an IPv6 peer, since VPCs carry IPv4.
 */
export function ruleExpressions(rule: RuleSpec, direction: Direction): Expression[][] {
  const peer = peerMatch(rule, direction);
  return peer === undefined ? [] : [[...peer, ...protocolMatch(rule), x.accept]];
}

function peerMatch(rule: RuleSpec, direction: Direction): Expression[] | undefined {
  const address = x.payload("ip", direction === "ingress" ? "saddr" : "daddr");
  if ("securityGroup" in rule.peer) return [x.equals(address, `@${rule.peer.securityGroup}`)];
  const block = parseCidr(rule.peer.cidr);
  if (!block) return undefined;
  if (block.prefix === 0) return [];
  const base = formatIpv4(block.base);
  return [x.equals(address, block.prefix === 32 ? base : x.prefix(base, block.prefix))];
}

function protocolMatch(rule: RuleSpec): Expression[] {
  switch (rule.protocol) {
    case "-1":
      return [];
    case "tcp":
    case "6":
      return portMatch("tcp", rule);
    case "udp":
    case "17":
      return portMatch("udp", rule);
    case "icmp":
    case "1":
      return icmpMatch(rule);
    case "icmpv6":
      return [x.equals(x.meta("l4proto"), 58)];
    default:
      return [x.equals(x.meta("l4proto"), Number(rule.protocol))];
  }
}

function portMatch(protocol: "tcp" | "udp", { fromPort = -1, toPort = -1 }: RuleSpec): Expression[] {
  if (fromPort < 0 || (fromPort === 0 && toPort === 65535)) return [x.equals(x.meta("l4proto"), protocol)];
  const ports = fromPort === toPort ? fromPort : { range: [fromPort, toPort] };
  return [x.equals(x.payload(protocol, "dport"), ports)];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: `fromPort` is the type, `toPort` the code. */
function icmpMatch({ fromPort: type = -1, toPort: code = -1 }: RuleSpec): Expression[] {
  if (type < 0) return [x.equals(x.meta("l4proto"), "icmp")];
  const match = [x.equals(x.payload("icmp", "type"), type)];
  return code < 0 ? match : [...match, x.equals(x.payload("icmp", "code"), code)];
}
