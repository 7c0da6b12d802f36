import { describe, expect, test } from "vitest";
import type { RuleSpec } from "../backend.ts";
import { ruleExpressions, type Direction } from "./rule.ts";

const SADDR = { payload: { protocol: "ip", field: "saddr" } };
const DADDR = { payload: { protocol: "ip", field: "daddr" } };
const SADDR6 = { payload: { protocol: "ip6", field: "saddr" } };
const DADDR6 = { payload: { protocol: "ip6", field: "daddr" } };
const ACCEPT = { accept: null };
const equals = (left: unknown, right: unknown) => ({ match: { op: "==", left, right } });
const l4proto = (right: number) => equals({ meta: { key: "l4proto" } }, right);
const IPV4 = equals({ meta: { key: "nfproto" } }, "ipv4");
const IPV6 = equals({ meta: { key: "nfproto" } }, "ipv6");
const port = (protocol: string, right: unknown) => equals({ payload: { protocol, field: "dport" } }, right);
const icmp = (protocol: string, field: string, right: unknown) => equals({ payload: { protocol, field } }, right);
const prefix = (addr: string, len: number) => ({ prefix: { addr, len } });
const anyOf = (...values: unknown[]) => ({ set: values });
const ANYWHERE = { cidr: "0.0.0.0/0" };
const ANYWHERE6 = { cidr: "::/0" };
const tcp = (fromPort: number, toPort: number, peer: RuleSpec["peer"] = ANYWHERE): RuleSpec => ({
  protocol: "tcp",
  fromPort,
  toPort,
  peer,
});

describe("one rule", () => {
  const cases: [string, RuleSpec, Direction, ...unknown[][]][] = [
    ["everything", { protocol: "-1", peer: ANYWHERE }, "egress", [IPV4, ACCEPT]],
    ["everything of IPv6", { protocol: "-1", peer: ANYWHERE6 }, "egress", [IPV6, ACCEPT]],
    ["one port", tcp(80, 80), "ingress", [IPV4, port("tcp", 80), ACCEPT]],
    ["one port of IPv6", tcp(80, 80, ANYWHERE6), "ingress", [IPV6, port("tcp", 80), ACCEPT]],
    [
      "a port range from a block",
      { protocol: "udp", fromPort: 1000, toPort: 2000, peer: { cidr: "10.1.0.0/16" } },
      "ingress",
      [equals(SADDR, prefix("10.1.0.0", 16)), port("udp", { range: [1000, 2000] }), ACCEPT],
    ],
    [
      "host bits of a block are cut off",
      { protocol: "-1", peer: { cidr: "10.1.2.3/16" } },
      "egress",
      [equals(DADDR, prefix("10.1.0.0", 16)), ACCEPT],
    ],
    [
      "host bits of an IPv6 block are cut off",
      { protocol: "-1", peer: { cidr: "2001:db8::1/32" } },
      "egress",
      [equals(DADDR6, prefix("2001:db8::", 32)), ACCEPT],
    ],
    ["one address", { protocol: "-1", peer: { cidr: "1.2.3.4/32" } }, "ingress", [equals(SADDR, "1.2.3.4"), ACCEPT]],
    [
      "one IPv6 address",
      { protocol: "-1", peer: { cidr: "fd00::4/128" } },
      "ingress",
      [equals(SADDR6, "fd00::4"), ACCEPT],
    ],
    ["all ports", tcp(0, 65535), "ingress", [IPV4, l4proto(6), ACCEPT]],
    ["port 0 alone", tcp(0, 0), "ingress", [IPV4, port("tcp", 0), ACCEPT]],
    ["ports not told", { protocol: "udp", peer: ANYWHERE }, "ingress", [IPV4, l4proto(17), ACCEPT]],
    ["a number for TCP", { ...tcp(22, 22), protocol: "6" }, "ingress", [IPV4, port("tcp", 22), ACCEPT]],
    ["ports of a protocol that has none", { ...tcp(22, 22), protocol: "50" }, "ingress", [IPV4, l4proto(50), ACCEPT]],
    [
      "members of a group",
      tcp(443, 443, { securityGroup: "sg-1" }),
      "ingress",
      [equals(SADDR, "@sg-1-ip"), port("tcp", 443), ACCEPT],
      [equals(SADDR6, "@sg-1-ip6"), port("tcp", 443), ACCEPT],
    ],
    [
      "towards a group",
      { protocol: "-1", peer: { securityGroup: "sg-1" } },
      "egress",
      [equals(DADDR, "@sg-1-ip"), ACCEPT],
      [equals(DADDR6, "@sg-1-ip6"), ACCEPT],
    ],
    [
      "entries of a prefix list",
      { protocol: "47", peer: { prefixList: "pl-1" } },
      "ingress",
      [equals(SADDR, "@pl-1-ip"), l4proto(47), ACCEPT],
      [equals(SADDR6, "@pl-1-ip6"), l4proto(47), ACCEPT],
    ],
    ["any ICMP", { ...tcp(-1, -1), protocol: "icmp" }, "ingress", [IPV4, l4proto(1), ACCEPT]],
    ["ICMP of a type", { ...tcp(8, -1), protocol: "icmp" }, "ingress", [IPV4, icmp("icmp", "type", 8), ACCEPT]],
    [
      "ICMP of a type and code",
      { ...tcp(3, 4), protocol: "1" },
      "ingress",
      [IPV4, icmp("icmp", "type", 3), icmp("icmp", "code", 4), ACCEPT],
    ],
    [
      "ICMP of type and code 0",
      { ...tcp(0, 0), protocol: "icmp" },
      "ingress",
      [IPV4, icmp("icmp", "type", 0), icmp("icmp", "code", 0), ACCEPT],
    ],
    [
      "ICMPv6 of a type",
      { ...tcp(128, -1, ANYWHERE6), protocol: "icmpv6" },
      "ingress",
      [IPV6, icmp("icmpv6", "type", 128), ACCEPT],
    ],
    [
      "ICMP from a group exists in IPv4 only",
      { ...tcp(8, -1, { securityGroup: "sg-1" }), protocol: "icmp" },
      "ingress",
      [equals(SADDR, "@sg-1-ip"), icmp("icmp", "type", 8), ACCEPT],
    ],
    [
      "ICMPv6 from a group exists in IPv6 only",
      { ...tcp(-1, -1, { securityGroup: "sg-1" }), protocol: "58" },
      "ingress",
      [equals(SADDR6, "@sg-1-ip6"), l4proto(58), ACCEPT],
    ],
    ["ICMPv6 in IPv4 does not exist", { ...tcp(-1, -1), protocol: "icmpv6" }, "ingress"],
    ["ICMP in IPv6 does not exist", { ...tcp(8, 0, ANYWHERE6), protocol: "icmp" }, "ingress"],
  ];

  test.each(cases)("%s", (_, rule, direction, ...expected) => {
    expect(ruleExpressions([rule], direction)).toEqual(expected);
  });
});

describe("several rules", () => {
  test("become one when only their blocks differ, without those inside others", () => {
    const blocks = ["10.2.0.0/16", "10.1.1.0/24", "10.1.0.0/16", "10.1.0.0/16", "1.2.3.4/32"];
    expect(
      ruleExpressions(
        blocks.map((cidr) => tcp(80, 80, { cidr })),
        "ingress",
      ),
    ).toEqual([
      [equals(SADDR, anyOf(prefix("10.1.0.0", 16), prefix("10.2.0.0", 16), "1.2.3.4")), port("tcp", 80), ACCEPT],
    ]);
  });

  test("for a block and for everything are for everything", () => {
    expect(ruleExpressions([tcp(80, 80, { cidr: "10.0.0.0/8" }), tcp(80, 80)], "ingress")).toEqual([
      [IPV4, port("tcp", 80), ACCEPT],
    ]);
  });

  test("become one when only their ports differ; ranges that overlap or touch are joined", () => {
    const ports: [number, number][] = [
      [443, 443],
      [8000, 8080],
      [80, 80],
      [8050, 9000],
      [81, 90],
    ];
    expect(
      ruleExpressions(
        ports.map(([from, to]) => tcp(from, to)),
        "ingress",
      ),
    ).toEqual([[IPV4, port("tcp", anyOf({ range: [80, 90] }, 443, { range: [8000, 9000] })), ACCEPT]]);
  });

  test("stay apart when protocol, family, or both block and port differ", () => {
    const rules: RuleSpec[] = [
      tcp(80, 80),
      { ...tcp(80, 80), protocol: "udp" },
      tcp(80, 80, ANYWHERE6),
      tcp(81, 81, { cidr: "10.0.0.0/8" }),
      { ...tcp(8, -1), protocol: "icmp" },
      { ...tcp(3, -1), protocol: "icmp" },
      { protocol: "tcp", peer: { securityGroup: "sg-1" } },
    ];
    expect(ruleExpressions(rules, "ingress")).toHaveLength(8); // the last for both families
  });
});
