import { expect, test } from "vitest";
import type { RuleSpec } from "../backend.ts";
import { ruleExpressions, type Direction } from "./rule.ts";

const SADDR = { payload: { protocol: "ip", field: "saddr" } };
const DADDR = { payload: { protocol: "ip", field: "daddr" } };
const ACCEPT = { accept: null };
const equals = (left: unknown, right: unknown) => ({ match: { op: "==", left, right } });
const l4proto = (right: unknown) => equals({ meta: { key: "l4proto" } }, right);
const port = (protocol: string, right: unknown) => equals({ payload: { protocol, field: "dport" } }, right);
const icmp = (field: string, right: unknown) => equals({ payload: { protocol: "icmp", field } }, right);
const ANYWHERE = { cidr: "0.0.0.0/0" };

const cases: [string, RuleSpec, Direction, unknown[] | undefined][] = [
  ["everything", { protocol: "-1", peer: ANYWHERE }, "egress", [ACCEPT]],
  ["one port", { protocol: "tcp", fromPort: 80, toPort: 80, peer: ANYWHERE }, "ingress", [port("tcp", 80), ACCEPT]],
  [
    "a port range from a block",
    { protocol: "udp", fromPort: 1000, toPort: 2000, peer: { cidr: "10.1.0.0/16" } },
    "ingress",
    [equals(SADDR, { prefix: { addr: "10.1.0.0", len: 16 } }), port("udp", { range: [1000, 2000] }), ACCEPT],
  ],
  [
    "host bits of a block are cut off",
    { protocol: "-1", peer: { cidr: "10.1.2.3/16" } },
    "egress",
    [equals(DADDR, { prefix: { addr: "10.1.0.0", len: 16 } }), ACCEPT],
  ],
  ["one address", { protocol: "-1", peer: { cidr: "1.2.3.4/32" } }, "ingress", [equals(SADDR, "1.2.3.4"), ACCEPT]],
  ["all ports", { protocol: "tcp", fromPort: 0, toPort: 65535, peer: ANYWHERE }, "ingress", [l4proto("tcp"), ACCEPT]],
  ["port 0 alone", { protocol: "tcp", fromPort: 0, toPort: 0, peer: ANYWHERE }, "ingress", [port("tcp", 0), ACCEPT]],
  ["ports not told", { protocol: "udp", peer: ANYWHERE }, "ingress", [l4proto("udp"), ACCEPT]],
  [
    "a number for TCP",
    { protocol: "6", fromPort: 22, toPort: 22, peer: ANYWHERE },
    "ingress",
    [port("tcp", 22), ACCEPT],
  ],
  [
    "members of a group",
    { protocol: "tcp", fromPort: 443, toPort: 443, peer: { securityGroup: "sg-1" } },
    "ingress",
    [equals(SADDR, "@sg-1"), port("tcp", 443), ACCEPT],
  ],
  ["towards a group", { protocol: "-1", peer: { securityGroup: "sg-1" } }, "egress", [equals(DADDR, "@sg-1"), ACCEPT]],
  ["any ICMP", { protocol: "icmp", fromPort: -1, toPort: -1, peer: ANYWHERE }, "ingress", [l4proto("icmp"), ACCEPT]],
  [
    "ICMP of a type",
    { protocol: "icmp", fromPort: 8, toPort: -1, peer: ANYWHERE },
    "ingress",
    [icmp("type", 8), ACCEPT],
  ],
  [
    "ICMP of a type and code",
    { protocol: "1", fromPort: 3, toPort: 4, peer: ANYWHERE },
    "ingress",
    [icmp("type", 3), icmp("code", 4), ACCEPT],
  ],
  ["another protocol", { protocol: "50", peer: ANYWHERE }, "ingress", [l4proto(50), ACCEPT]],
  ["an IPv6 peer", { protocol: "-1", peer: { cidr: "::/0" } }, "egress", undefined],
];

test.each(cases)("%s", (_, rule, direction, expected) => {
  expect(ruleExpressions(rule, direction)).toEqual(expected ? [expected] : []);
});
