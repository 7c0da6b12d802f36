import { describe, expect, test } from "vitest";
import type { AclEntrySpec, NetworkAclSpec, SubnetSpec, VpcTopology } from "../backend.ts";
import { aclChains, aclExpressions } from "./acl.ts";
import type { Direction } from "./rule.ts";

const equals = (left: unknown, right: unknown) => ({ match: { op: "==", left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const IPV4 = equals({ meta: { key: "nfproto" } }, "ipv4");
const IPV6 = equals({ meta: { key: "nfproto" } }, "ipv6");
const RETURN = { return: null };
const refuse = (direction: Direction) => ({ goto: { target: `refuse_${direction}` } });

function entry(ruleNumber: number, more: Partial<AclEntrySpec> = {}): AclEntrySpec {
  return { ruleNumber, allow: true, protocol: "-1", cidr: "0.0.0.0/0", ...more };
}

describe("one entry", () => {
  const cases: [string, Partial<AclEntrySpec>, Direction, ...unknown[][]][] = [
    ["all of IPv4", {}, "ingress", [IPV4, RETURN]],
    ["all of IPv6", { cidr: "::/0" }, "egress", [IPV6, RETURN]],
    ["a denial", { allow: false }, "egress", [IPV4, refuse("egress")]],
    [
      "where packets come from",
      { cidr: "10.1.2.3/16" },
      "ingress",
      [equals(payload("ip", "saddr"), { prefix: { addr: "10.1.0.0", len: 16 } }), RETURN],
    ],
    ["where packets go to", { cidr: "fd00::1/128" }, "egress", [equals(payload("ip6", "daddr"), "fd00::1"), RETURN]],
    [
      "a port",
      { protocol: "6", fromPort: 22, toPort: 22 },
      "egress",
      [IPV4, equals(payload("tcp", "dport"), 22), RETURN],
    ],
    [
      "ports",
      { protocol: "17", fromPort: 1024, toPort: 65535, cidr: "::/0" },
      "ingress",
      [IPV6, equals(payload("udp", "dport"), { range: [1024, 65535] }), RETURN],
    ],
    [
      "ICMP of a type and code",
      { protocol: "1", fromPort: 3, toPort: 4 },
      "ingress",
      [IPV4, equals(payload("icmp", "type"), 3), equals(payload("icmp", "code"), 4), RETURN],
    ],
    [
      "ICMPv6 of a type",
      { protocol: "58", fromPort: 128, toPort: -1, cidr: "::/0" },
      "ingress",
      [IPV6, equals(payload("icmpv6", "type"), 128), RETURN],
    ],
    ["another protocol", { protocol: "47" }, "ingress", [IPV4, equals({ meta: { key: "l4proto" } }, 47), RETURN]],
    ["ICMPv6 in IPv4 does not exist", { protocol: "58", fromPort: 1, toPort: 1 }, "ingress"],
  ];

  test.each(cases)("%s", (_, more, direction, ...expected) => {
    expect(aclExpressions([entry(100, more)], direction)).toEqual([...expected, [refuse(direction)]]);
  });
});

test("entries are tried by their numbers, and denied is what none matches", () => {
  const entries = [entry(300), entry(100, { cidr: "::/0" }), entry(200, { allow: false })];
  expect(aclExpressions(entries, "ingress")).toEqual([
    [IPV6, RETURN],
    [IPV4, refuse("ingress")],
    [IPV4, RETURN],
    [refuse("ingress")],
  ]);
});

describe("packets meet no ACL where all of them allow everything", () => {
  const subnet: SubnetSpec = {
    subnetId: "subnet-1",
    cidrBlock: "10.0.1.0/24",
    routeTableId: "",
    networkAclId: "acl-1",
  };
  const active = (acls: NetworkAclSpec[], ipv6CidrBlock?: string) =>
    aclChains({ subnets: [{ ...subnet, ipv6CidrBlock }], networkAcls: acls } as Partial<VpcTopology> as VpcTopology)
      .active;
  const acl = (...entries: AclEntrySpec[]): NetworkAclSpec => ({
    networkAclId: "acl-1",
    ingress: entries,
    egress: [entry(100), entry(101, { cidr: "::/0" })],
  });
  const cases: [string, AclEntrySpec[], string | undefined, Direction[]][] = [
    ["first of all", [entry(100), entry(200, { allow: false })], undefined, []],
    ["after another", [entry(100), entry(50, { protocol: "6" })], undefined, ["ingress"]],
    ["denied", [entry(100, { allow: false })], undefined, ["ingress"]],
    ["not all", [entry(100, { cidr: "0.0.0.0/1" })], undefined, ["ingress"]],
    ["nothing", [], undefined, ["ingress"]],
    ["IPv4, with IPv6", [entry(100)], "fd00::/64", ["ingress"]],
    ["both", [entry(100), entry(101, { cidr: "::/0" })], "fd00::/64", []],
  ];

  test.each(cases)("%s", (_, entries, ipv6CidrBlock, expected) => {
    expect(active([acl(...entries)], ipv6CidrBlock)).toEqual(expected);
  });

  test("an ACL that is not told denies", () => {
    expect(active([])).toEqual(["ingress", "egress"]);
  });
});
