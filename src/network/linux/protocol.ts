import type { Family } from "./address.ts";
import { expression as x, type Expression } from "./nft.ts";

/** The protocol and port part of a security group's rule or of a network ACL's entry. */
interface ProtocolSpec {
  /** `-1` for all, else the IANA number as text or `tcp`, `udp`, `icmp`, `icmpv6`. */
  protocol: string;
  /** Ports for TCP and UDP, ICMP type and code for ICMP; -1 and absent mean all. */
  fromPort?: number;
  toPort?: number;
}

export type PortRange = readonly [from: number, to: number];

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };
const ICMP = { 1: { protocol: "icmp", family: "ip" }, 58: { protocol: "icmpv6", family: "ip6" } } as const;
const WITH_PORTS: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp" };

/** The IANA number, or `undefined` for all protocols. */
export function protocolNumber(protocol: string): number | undefined {
  return protocol === "-1" ? undefined : (NUMBERS[protocol] ?? Number(protocol));
}

/** Whether the protocol exists in packets of the family: each has an ICMP of its own. */
export function existsIn(protocol: string, family: Family): boolean {
  const icmp = ICMP[protocolNumber(protocol) as keyof typeof ICMP];
  return icmp === undefined || icmp.family === family;
}

/** The ports of a TCP or UDP rule; `undefined` when it has none or means all. */
export function portRange({ protocol, fromPort = -1, toPort = -1 }: ProtocolSpec): PortRange | undefined {
  if (WITH_PORTS[protocolNumber(protocol) ?? -1] === undefined) return undefined;
  return fromPort < 0 || (fromPort === 0 && toPort === 65535) ? undefined : [fromPort, toPort];
}

/** The matches for TCP or UDP to one of the ports. */
export function portMatch(protocol: string, ranges: readonly PortRange[]): Expression[] {
  const values = joined(ranges).map(([from, to]) => (from === to ? from : { range: [from, to] }));
  const port = x.payload(WITH_PORTS[protocolNumber(protocol)!]!, "dport");
  return [x.equals(port, values.length === 1 ? values[0] : x.anyOf(values))];
}

/** The matches for a protocol with its ports, or its ICMP type and code: none for everything. */
export function protocolMatch(spec: ProtocolSpec): Expression[] {
  const number = protocolNumber(spec.protocol);
  if (number === undefined) return [];
  const ports = portRange(spec);
  if (ports) return portMatch(spec.protocol, [ports]);
  const icmp = ICMP[number as keyof typeof ICMP];
  // https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: `fromPort` is the type, `toPort` the code.
  const { fromPort: type = -1, toPort: code = -1 } = spec;
  if (icmp === undefined || type < 0) return [x.equals(x.meta("l4proto"), number)];
  const match = [x.equals(x.payload(icmp.protocol, "type"), type)];
  return code < 0 ? match : [...match, x.equals(x.payload(icmp.protocol, "code"), code)];
}

/** The same ports as ranges that neither overlap nor touch, in order. */
function joined(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) result[result.length - 1] = [last[0], Math.max(last[1], to)];
    else result.push([from, to]);
  }
  return result;
}
