import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  AclEntrySpec,
  FlowSample,
  InterfaceSpec,
  RouteSpec,
  RuleSpec,
  SecurityGroupSpec,
  SubnetSpec,
  VpcTopology,
} from "../../src/network/backend.ts";
import {
  attachCommands,
  detachCommands,
  groupCommands,
  peerMemberCommands,
} from "../../src/network/linux/vpc-table.ts";
import { ROUTER_MAC, TestRouter, type Host } from "./router-kit.ts";

const FAMILIES = ["IPv4", "IPv6"] as const;
const PEERING = "pcx-0123456789abcdef0";
const EVERYWHERE: RuleSpec["peer"][] = [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }];
const ALL: RuleSpec[] = EVERYWHERE.map((peer) => ({ protocol: "-1", peer }));
const ALLOW_ALL = entries([100, "allow", "-1"]);
const INTERNET: RouteSpec[] = [route("0.0.0.0/0", "internet"), route("::/0", "internet")];

/** The same entries for both families: the second number is 1000 more. */
function entries(
  ...list: [
    ruleNumber: number,
    action: "allow" | "deny",
    protocol: string,
    from?: number,
    to?: number,
    cidrs?: string[],
  ][]
): AclEntrySpec[] {
  return list.flatMap(([ruleNumber, action, protocol, fromPort, toPort, cidrs = ["0.0.0.0/0", "::/0"]]) =>
    cidrs.map((cidr, i) => ({
      ruleNumber: ruleNumber + i * 1000,
      allow: action === "allow",
      protocol,
      fromPort,
      toPort,
      cidr,
    })),
  );
}

function route(destination: string, kind: "internet" | "egress-only-internet"): RouteSpec {
  return { destination, target: { kind } };
}

function rules(protocol: string, fromPort = -1, toPort = fromPort, peers = EVERYWHERE): RuleSpec[] {
  return peers.map((peer) => ({ protocol, fromPort, toPort, peer }));
}

function subnet(letter: "a" | "b" | "c", n: number): SubnetSpec {
  return {
    subnetId: `subnet-${letter}`,
    cidrBlock: `10.0.${n}.0/24`,
    ipv6CidrBlock: `fd00:0:0:10${n}::/64`,
    routeTableId: letter === "c" ? "rtb-private" : "rtb-public",
    networkAclId: `acl-${letter}`,
  };
}

function eni(n: number, subnetNumber: number, more: Partial<InterfaceSpec> = {}): InterfaceSpec {
  const last = subnetNumber * 16 + n;
  return {
    interfaceId: `eni-0${last.toString(16).padStart(16, "0")}`,
    subnetId: `subnet-${" abc"[subnetNumber]}`,
    subnetCidr: `10.0.${subnetNumber}.0/24`,
    privateIp: `10.0.${subnetNumber}.${last}`,
    ipv6Address: `fd00:0:0:10${subnetNumber}::${last.toString(16)}`,
    macAddress: `0a:00:00:00:00:${last.toString(16).padStart(2, "0")}`,
    securityGroups: ["sg-open"],
    privateDnsName: "",
    role: "task",
    ...more,
  };
}

const SPECS = {
  a1: eni(1, 1, { publicIp: "198.19.0.10" }),
  a2: eni(2, 1),
  b: eni(1, 2, { securityGroups: ["sg-server"] }),
  c: eni(1, 3),
  nat: eni(5, 1, { role: "nat", securityGroups: [], publicIp: "198.19.0.20", ipv6Address: undefined }),
};

const plain: VpcTopology = {
  vpcId: "vpc-0",
  cidrBlocks: ["10.0.0.0/16"],
  ipv6CidrBlocks: ["fd00:0:0:100::/56"],
  dnsSupport: true,
  subnets: [subnet("a", 1), subnet("b", 2), subnet("c", 3)],
  routeTables: [
    { routeTableId: "rtb-public", routes: INTERNET },
    { routeTableId: "rtb-private", routes: [route("::/0", "egress-only-internet")] },
  ],
  networkAcls: [..."abc"].map((letter) => ({ networkAclId: `acl-${letter}`, ingress: ALLOW_ALL, egress: ALLOW_ALL })),
  prefixLists: [],
  peerings: [{ peeringId: PEERING, peerVpcId: "vpc-9", peerCidrBlocks: ["10.9.0.0/16", "fd00:9::/56"] }],
  captureFlows: false,
};

const router = new TestRouter(plain);
let self: Host, a1: Host, a2: Host, b: Host, c: Host, internet: Host, peer: Host;

/** The groups `sg-open`, that lets everything in and out, and `sg-server`, that lets in what is told. */
function groups(ingress: RuleSpec[], egress: RuleSpec[] = ALL): SecurityGroupSpec[] {
  return [
    { groupId: "sg-open", ingress: ALL, egress: ALL },
    { groupId: "sg-server", ingress, egress },
  ];
}

async function apply(change: Partial<VpcTopology> = {}, server: RuleSpec[] = ALL): Promise<void> {
  router.topology = { ...plain, ...change };
  router.groups = groups(server);
  await router.apply();
}

/** The topology with other entries in the ACL of one subnet. */
function acl(letter: string, change: { ingress?: AclEntrySpec[]; egress?: AclEntrySpec[] }): Partial<VpcTopology> {
  return {
    networkAcls: plain.networkAcls.map((each) =>
      each.networkAclId === `acl-${letter}` ? { ...each, ...change } : each,
    ),
  };
}

beforeAll(async () => {
  self = await router.make();
  for (const spec of Object.values(SPECS)) {
    const host = await router.task(spec);
    if (spec === SPECS.a1) a1 = host;
    if (spec === SPECS.a2) a2 = host;
    if (spec === SPECS.b) b = host;
    if (spec === SPECS.c) c = host;
  }
  internet = await router.internet("203.0.113.5", "2001:db8::5");
  peer = await router.peer(PEERING, "10.9.0.4", "fd00:9::4");
  await router.translate(SPECS.c, SPECS.nat);
  for (const host of [a1, a2, b, c, internet, peer])
    for (const address of [host.ipv4, host.ipv6])
      for (const port of [80, 9000]) {
        await host.do("serve", "udp", address, port);
        await host.do("serve", "tcp", address, port);
      }
  for (const address of router.resolverAddresses)
    for (const port of [53, 80]) await self.do("serve", "udp", address, port);
});
beforeEach(async () => {
  router.peerMembers.clear();
  await apply();
  await router.command("conntrack", "-F");
});
afterAll(() => router.remove());

describe.each(FAMILIES)("network ACLs, %s", (family) => {
  const to = (host: Host) => host.address(family);

  test("the entry with the lowest number decides, however they are listed", async () => {
    await apply(acl("b", { ingress: entries([200, "allow", "-1"], [100, "deny", "udp", 9000, 9000]) }));
    expect([await a1.asks(to(b), 80), await a1.asks(to(b), 9000)]).toEqual([true, false]);
    await apply(acl("b", { ingress: entries([200, "deny", "-1"], [100, "allow", "udp", 9000, 9000]) }));
    expect([await a1.asks(to(b), 80), await a1.asks(to(b), 9000)]).toEqual([false, true]);
  });

  test("what no entry allows is denied; entries are for a block", async () => {
    const sources = [`${SPECS.a1.privateIp}/32`, `${SPECS.a1.ipv6Address}/128`];
    await apply(acl("b", { ingress: entries([100, "allow", "-1", -1, -1, sources]) }));
    expect([await a1.asks(to(b), 80), await a2.asks(to(b), 80)]).toEqual([true, false]);
    await apply(acl("a", { egress: [] }));
    expect(await a1.asks(to(b), 80)).toBe(false);
  });

  test("they are stateless: answers need an entry of their own, by their ports", async () => {
    await apply(acl("b", { egress: entries([100, "allow", "udp", 32768, 60999]) }));
    expect(await a1.asks(to(b), 80, { sourcePort: 40000 })).toBe(true);
    expect(await a1.asks(to(b), 80, { sourcePort: 20000 })).toBe(false);
    await apply(acl("a", { ingress: entries([100, "deny", "udp", 40001, 40001], [200, "allow", "-1"]) }));
    expect(await a1.asks(to(b), 80, { sourcePort: 40001 })).toBe(false);
    expect(await a1.asks(to(b), 80, { sourcePort: 40002 })).toBe(true);
  });

  test("packets within a subnet do not meet them", async () => {
    await apply(acl("a", { ingress: [], egress: [] }));
    expect(await a1.asks(to(a2), 80)).toBe(true);
    expect(await a1.asks(to(b), 80)).toBe(false);
    expect(await b.asks(to(a1), 80)).toBe(false);
    expect(await b.asks(to(c), 80)).toBe(true);
  });

  test("a connection outlives its group's rule, and is cut by an ACL", async () => {
    await apply({}, rules("tcp", 80));
    expect(await a1.do("connect", to(a1), to(b), 80)).toBe(true);
    await apply({}, []);
    expect(await a1.do("say")).toBe(true);
    await apply(acl("b", { ingress: entries([100, "deny", "tcp", 80, 80], [200, "allow", "-1"]) }));
    expect(await a1.do("say")).toBe(false);
    expect(await a1.do("connect", to(a1), to(b), 80)).toBe(false);
  });

  test("fragments are judged whole", async () => {
    const open = entries([100, "allow", "udp", 80, 80], [101, "allow", "udp", 32768, 60999]);
    await apply(acl("b", { ingress: open, egress: open }), rules("udp", 80, 9000));
    expect(await a1.asks(to(b), 80, { size: 8000, sourcePort: 40000 })).toBe(true);
    expect(await a1.asks(to(b), 9000, { size: 8000, sourcePort: 40000 })).toBe(false);
    await apply({}, rules("udp", 80));
    expect(await a1.asks(to(b), 80, { size: 60000 })).toBe(true);
    expect(await a1.asks(to(b), 9000, { size: 60000 })).toBe(false);
  });

  test.each([
    ["GRE", 47],
    ["ESP", 50],
    ["OSPF", 89],
    ["an experiment", 253],
  ])("IP protocol: %s", async (_, protocol) => {
    const arrives = async () => {
      await b.do("listen", to(b), protocol);
      await a1.do("send", to(a1), to(b), protocol, "0".repeat(48));
      return (await b.do("received")) !== null;
    };
    await apply({}, rules(String(protocol)));
    expect(await arrives()).toBe(true);
    await router.command("conntrack", "-F");
    await apply({}, [...rules("tcp"), ...rules("udp"), ...rules(String(protocol + 1))]);
    expect(await arrives()).toBe(false);
    await apply(acl("b", { ingress: entries([100, "deny", String(protocol)], [200, "allow", "-1"]) }));
    expect(await arrives()).toBe(false);
    await apply(acl("b", { ingress: entries([100, "allow", String(protocol)]) }));
    expect(await arrives()).toBe(true);
  });

  test("ICMP by type and code", async () => {
    const [name, protocol, type] = family === "IPv4" ? (["icmp", 1, 8] as const) : (["icmpv6", 58, 128] as const);
    const pings = async (code: number) => {
      await router.command("conntrack", "-F");
      await b.do("listen", to(b), protocol);
      await a1.do("send", to(a1), to(b), protocol, `${type.toString(16).padStart(2, "0")}0${code}000000010001`);
      return (await b.do("received")) !== null;
    };
    await apply({}, rules(name, type, 3));
    expect([await pings(3), await pings(0)]).toEqual([true, false]);
    await apply({}, rules(name, type, -1));
    expect([await pings(3), await pings(0)]).toEqual([true, true]);
    await apply(acl("b", { ingress: entries([100, "deny", String(protocol), type, 3], [200, "allow", "-1"]) }));
    expect([await pings(3), await pings(0)]).toEqual([false, true]);
  });
});

describe.each(FAMILIES)("security groups, %s", (family) => {
  const to = (host: Host) => host.address(family);

  test("blocks, ports and many rules at once", async () => {
    const sources = [SPECS.a1.privateIp, SPECS.a1.ipv6Address!].map((address) => ({
      cidr: `${address}/${address.includes(":") ? 128 : 32}`,
    }));
    const others = ["10.8.0.0/16", "fd00:8::/32"].map((cidr) => ({ cidr }));
    await apply({}, [...rules("udp", 80, 80, [...others, ...sources]), ...rules("udp", 90, 90, sources)]);
    expect([await a1.asks(to(b), 80), await a1.asks(to(b), 9000), await a2.asks(to(b), 80)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("members of a group, of this VPC and of a peer's", async () => {
    await apply({}, rules("udp", 80, 80, [{ securityGroup: "sg-open" }, { securityGroup: "sg-peer" }]));
    expect(await a1.asks(to(b), 80)).toBe(true);
    expect(await peer.asks(to(b), 80)).toBe(false);
    await router.transact(peerMemberCommands("sg-peer", [peer.ipv4, peer.ipv6], "add"));
    expect(await peer.asks(to(b), 80)).toBe(true);
    await router.command("conntrack", "-F");
    await router.transact(peerMemberCommands("sg-peer", [peer.ipv4, peer.ipv6], "delete"));
    expect(await peer.asks(to(b), 80)).toBe(false);
    router.peerMembers.set("sg-peer", [peer.ipv4, peer.ipv6]);
    await router.apply();
    expect(await peer.asks(to(b), 80)).toBe(true);
  });

  test("entries of a prefix list, as they change", async () => {
    const lists = (...cidrs: string[]) => [
      { prefixListId: "pl-4", cidrs: cidrs.filter((cidr) => !cidr.includes(":")) },
      { prefixListId: "pl-6", cidrs: cidrs.filter((cidr) => cidr.includes(":")) },
    ];
    const server = rules("udp", 80, 80, [{ prefixList: "pl-4" }, { prefixList: "pl-6" }]);
    await apply({ prefixLists: lists("10.0.0.0/8", "10.0.1.0/24", "fd00::/16", "fd00:0:0:101::/64") }, server);
    expect([await a1.asks(to(b), 80), await a1.asks(to(b), 9000)]).toEqual([true, false]);
    await router.command("conntrack", "-F");
    await apply({ prefixLists: lists("10.5.0.0/16", "10.6.0.0/16") }, server);
    expect(await a1.asks(to(b), 80)).toBe(false);
    await apply({}, server); // a list that nothing is known of
    expect(await a1.asks(to(b), 80)).toBe(false);
  });

  test("egress rules, several groups, none", async () => {
    router.groups = groups(ALL, rules("udp", 80));
    await router.apply();
    expect([await b.asks(to(a1), 80), await b.asks(to(a1), 9000)]).toEqual([true, false]);
    const contents = {
      groups: new Map(router.groups.map((each) => [each.groupId, each])),
      interfaces: new Map(),
      peerMembers: new Map(),
    };
    await router.transact([
      ...detachCommands(SPECS.b, []),
      ...attachCommands({ ...SPECS.b, securityGroups: ["sg-server", "sg-open"] }, contents),
    ]);
    expect(await b.asks(to(a1), 9000)).toBe(true);
    await router.transact(detachCommands({ ...SPECS.b, securityGroups: ["sg-server", "sg-open"] }, []));
    await router.transact(attachCommands({ ...SPECS.b, securityGroups: [] }, contents));
    await router.command("conntrack", "-F");
    expect([await b.asks(to(a1), 80), await a1.asks(to(b), 80)]).toEqual([false, false]);
    await router.transact(detachCommands({ ...SPECS.b, securityGroups: [] }, []));
    await router.transact(groupCommands(groups(ALL)));
  });

  test("while everything is replaced, not one packet is lost or let through", async () => {
    const refusing = acl("c", { ingress: entries([100, "deny", "tcp"], [200, "allow", "-1"]) });
    const server = rules("udp", 80, 80, [{ prefixList: "pl-4" }, { prefixList: "pl-6" }]);
    const prefixLists = ["10.0.1.0/24", "fd00:0:0:101::/64"].map((cidr) => ({
      prefixListId: cidr.includes(":") ? "pl-6" : "pl-4",
      cidrs: [cidr],
    }));
    await apply({ prefixLists }, server);
    const passing = a1.do<[number, number]>("exchange", to(b), 80, 3, 2, 1001); // a busy machine is late, which is no loss
    const refused = a2.do<[number, number]>("exchange", to(b), 9000, 3, 0.1);
    for (let i = 0; i < 25; i++) await apply({ ...(i % 2 ? refusing : {}), prefixLists }, server);
    const [sent, lost] = await passing;
    expect(sent).toBeGreaterThan(1000);
    expect(lost).toBe(0);
    const [tried, unanswered] = await refused;
    expect(unanswered).toBe(tried);
  });
});

describe("the internet", () => {
  test("IPv4: public addresses in both directions, nothing without one", async () => {
    expect(await internet.asks(SPECS.a1.publicIp!, 80)).toBe(true);
    expect(await a1.asks(internet, 80)).toBe(true);
    expect(await a2.asks(internet, 80)).toBe(false);
    expect(await internet.asks(SPECS.a1.privateIp, 80)).toBe(false);
    await apply(acl("a", { ingress: entries([100, "deny", "udp", 80, 80], [200, "allow", "-1"]) }));
    expect(await internet.asks(SPECS.a1.publicIp!, 80)).toBe(false);
    expect(await internet.asks(SPECS.a1.publicIp!, 9000)).toBe(true);
    await apply({ routeTables: [] });
    expect(await internet.asks(SPECS.a1.publicIp!, 9000)).toBe(false);
  });

  test("a NAT gateway sends for others, is not reached from outside, and meets its subnet's ACL", async () => {
    expect(await c.asks(internet, 80)).toBe(true);
    expect(await internet.asks(SPECS.nat.publicIp!, 80)).toBe(false);
    await apply(acl("a", { ingress: entries([100, "deny", "-1", -1, -1, ["10.0.3.0/24"]], [200, "allow", "-1"]) }));
    expect(await c.asks(internet, 80)).toBe(false);
    await apply(acl("a", { egress: entries([100, "deny", "-1", -1, -1, ["10.0.3.0/24"]], [200, "allow", "-1"]) }));
    expect(await c.asks(internet, 80)).toBe(false);
    await apply(acl("c", { ingress: entries([100, "deny", "-1", -1, -1, ["203.0.113.0/24"]], [200, "allow", "-1"]) }));
    expect(await c.asks(internet, 80)).toBe(false);
    await apply();
    expect(await c.asks(internet, 80)).toBe(true);
  });

  test("IPv6: both ways by an internet gateway, outbound by an egress-only one, else not", async () => {
    expect([await a1.asks(internet.ipv6, 80), await internet.asks(a1.ipv6, 80)]).toEqual([true, true]);
    expect([await c.asks(internet.ipv6, 80), await internet.asks(c.ipv6, 80)]).toEqual([true, false]);
    await apply({ routeTables: [] });
    expect([await a1.asks(internet.ipv6, 80), await internet.asks(a1.ipv6, 80)]).toEqual([false, false]);
  });

  test("nobody outside poses as an address of the VPC", async () => {
    await b.do("listen", b.ipv6, 253);
    await internet.do("frame", ROUTER_MAC, "0e:00:00:00:00:02", a1.ipv6, b.ipv6, 253, "00");
    expect(await b.do("received")).toBe(null);
  });
});

describe("peerings", () => {
  test.each(FAMILIES)("carry what the groups allow, %s", async (family) => {
    expect(await peer.asks(a1.address(family), 80)).toBe(true);
    expect(await a1.asks(peer.address(family), 80)).toBe(true);
    await router.command("conntrack", "-F");
    await apply({ peerings: [] });
    expect(await peer.asks(a1.address(family), 80)).toBe(false);
  });

  test.each(FAMILIES)("lead to interfaces only, from the peer's ranges only, %s", async (family) => {
    expect(await peer.asks(internet.address(family), 80)).toBe(false);
    expect(await internet.asks(peer.address(family), 80)).toBe(false);
    const frame = async (source: string) => {
      await a1.do("listen", a1.address(family), 253);
      await peer.do("frame", ROUTER_MAC, "0e:00:00:00:00:03", source, a1.address(family), 253, "00");
      return a1.do("received");
    };
    expect(await frame(peer.address(family))).toBe(peer.address(family));
    expect(await frame(internet.address(family))).toBe(null);
    expect(await frame(b.address(family))).toBe(null);
  });

  test("do not lead to the resolver, nor to a NAT gateway", async () => {
    expect(await peer.asks("10.0.0.2", 53)).toBe(false);
    expect(await peer.asks(SPECS.nat.privateIp, 80)).toBe(false);
  });
});

describe("the router", () => {
  test("answers tasks DNS, and nothing else", async () => {
    for (const address of router.resolverAddresses) {
      expect(await b.asks(address, 53)).toBe(true);
      expect(await b.asks(address, 80)).toBe(false);
    }
    await apply(acl("b", { ingress: [], egress: [] })); // the resolver is not behind ACLs
    expect(await b.asks("10.0.0.2", 53)).toBe(true);
    router.resolverAddresses = [];
    await router.apply();
    router.resolverAddresses = ["10.0.0.2", "169.254.169.253"];
    expect(await b.asks("10.0.0.2", 53)).toBe(false);
  });

  test.each(FAMILIES)("takes packets under their own addresses only, %s", async (family) => {
    const { macAddress } = SPECS.a1;
    const frame = async (mac: string, source: string, protocol = 253) => {
      await b.do("listen", b.address(family), protocol);
      await a1.do("frame", ROUTER_MAC, mac, source, b.address(family), protocol, "0043004400090000");
      return (await b.do("received")) !== null;
    };
    expect(await frame(macAddress, a1.address(family))).toBe(true);
    expect(await frame("0a:00:00:00:00:99", a1.address(family))).toBe(false);
    expect(await frame(SPECS.a2.macAddress, a2.address(family))).toBe(false);
    expect(await frame(macAddress, a2.address(family))).toBe(false);
    expect(await frame(macAddress, internet.address(family))).toBe(false);
    expect(await frame(macAddress, family === "IPv4" ? "10.0.0.1" : "fe80::1")).toBe(false);
  });

  test("drops router advertisements and answers of a DHCP server", async () => {
    const arrives = async (address: string, source: string, protocol: number, payload: string, spec = SPECS.a1) => {
      await b.do("listen", address, protocol);
      await a1.do("frame", ROUTER_MAC, spec.macAddress, source, address, protocol, payload);
      return (await b.do("received")) !== null;
    };
    expect(await arrives(b.ipv4, a1.ipv4, 17, "0043004400080000")).toBe(false);
    expect(await arrives(b.ipv4, a1.ipv4, 17, "0043004500080000")).toBe(true);
    for (const type of [133, 134, 135, 136, 137]) {
      await b.do("listen", b.ipv6, 58);
      await a1.do("send", a1.ipv6, b.ipv6, 58, `${type.toString(16)}00000000000000`);
      expect(await b.do("received")).toBe(null);
    }
  });

  test("believes a task's own ARP only", async () => {
    const { macAddress, privateIp } = SPECS.a1;
    expect(await a1.do("arp", macAddress, privateIp, "10.0.0.1")).toBe(true);
    expect(await a1.do("arp", macAddress, SPECS.a2.privateIp, "10.0.0.1")).toBe(false);
    expect(await a1.do("arp", macAddress, "10.0.0.1", "10.0.0.2")).toBe(false);
    expect(await a1.do("arp", "0a:00:00:00:00:99", privateIp, "10.0.0.1")).toBe(false);
  });
});

test("chains and sets of what is not told any more are removed", async () => {
  const before = await router.command("nft", "-t", "list", "table", "inet", "vpc");
  const change = { captureFlows: true, prefixLists: [{ prefixListId: "pl-1", cidrs: ["10.0.0.0/8"] }] };
  await apply(
    { ...acl("b", { ingress: [], egress: [] }), ...change },
    rules("-1", -1, -1, [{ securityGroup: "sg-2" }]),
  );
  const between = await router.command("nft", "-t", "list", "table", "inet", "vpc");
  for (const name of ["acl-b-ingress", "sg-2-ip6", "pl-1-ip", "flows-0-ingress-REJECT-ip", "flows_egress"]) {
    expect(between).toContain(name);
    expect(before).not.toContain(name);
  }
  await router.command("nft", "flush", "ruleset");
  await router.apply(); // all of it at once, too
  await apply();
  const sorted = (text: string) => text.split("\n").toSorted();
  expect(sorted(await router.command("nft", "-t", "list", "table", "inet", "vpc"))).toEqual(sorted(before));
});

describe("flows", () => {
  const of = (flows: FlowSample[], spec: InterfaceSpec, direction: string) =>
    flows.filter((flow) => flow.interfaceId === spec.interfaceId && flow.direction === direction);

  test.each(FAMILIES)("are counted at both interfaces, accepted or refused, %s", async (family) => {
    const header = family === "IPv4" ? 28 : 48;
    const [from, to] = [a1.address(family), b.address(family)];
    const there = { sourceAddress: from, destinationAddress: to, sourcePort: 40000 };
    const back = { sourceAddress: to, destinationAddress: from, sourcePort: 80, destinationPort: 40000 };
    const flow = (action: string, addresses: object) =>
      expect.objectContaining({ ...addresses, protocol: 17, packets: 1, bytes: header + 100, action });
    await apply(
      {
        captureFlows: true,
        ...acl("b", { egress: entries([100, "deny", "udp", 40001, 40001], [200, "allow", "-1"]) }),
      },
      rules("udp", 80),
    );
    await router.flows();
    await a1.asks(to, 80, { size: 100, sourcePort: 40000 });
    await a1.asks(to, 9000, { size: 100, sourcePort: 40000 });
    const flows = await router.flows();
    expect(of(flows, SPECS.a1, "egress")).toEqual(
      expect.arrayContaining([
        flow("ACCEPT", { ...there, destinationPort: 80 }),
        flow("ACCEPT", { ...there, destinationPort: 9000 }),
      ]),
    );
    expect(of(flows, SPECS.b, "ingress")).toEqual(
      expect.arrayContaining([
        flow("ACCEPT", { ...there, destinationPort: 80 }),
        flow("REJECT", { ...there, destinationPort: 9000 }),
      ]),
    );
    expect(of(flows, SPECS.b, "egress")).toEqual([flow("ACCEPT", back)]);
    expect(of(flows, SPECS.a1, "ingress")).toEqual([flow("ACCEPT", back)]);
    expect(await router.flows()).toEqual([]);
    await a1.asks(to, 80, { sourcePort: 40001 });
    expect(of(await router.flows(), SPECS.b, "egress")).toMatchObject([
      { action: "REJECT", destinationPort: 40001, packets: 1 },
    ]);
  });

  test("protocols without ports; private addresses behind public ones; NAT gateways", async () => {
    await apply({ captureFlows: true });
    await a1.do("send", a1.ipv4, b.ipv4, 47, "0000000000000000");
    await internet.asks(SPECS.a1.publicIp!, 80);
    await c.asks(internet, 80);
    const flows = await router.flows();
    expect(of(flows, SPECS.b, "ingress")).toMatchObject([{ protocol: 47, sourcePort: 0, destinationPort: 0 }]);
    expect(of(flows, SPECS.a1, "ingress")).toContainEqual(
      expect.objectContaining({ sourceAddress: internet.ipv4, destinationAddress: a1.ipv4, destinationPort: 80 }),
    );
    expect(
      of(flows, SPECS.nat, "ingress")
        .map((flow) => flow.destinationAddress)
        .toSorted(),
    ).toEqual([SPECS.nat.privateIp, internet.ipv4]);
    expect(
      of(flows, SPECS.nat, "egress")
        .map((flow) => flow.destinationAddress)
        .toSorted(),
    ).toEqual([c.ipv4, internet.ipv4]);
  });

  test("no packet is lost between readings, nor by a change of the rules; switched off, nothing stays", async () => {
    await apply({ captureFlows: true });
    await router.flows();
    const exchange = a1.do<[number, number]>("exchange", b.ipv4, 80, 3, 2);
    const flows: FlowSample[] = [];
    for (let i = 0; i < 25; i++) {
      flows.push(...(await router.flows()));
      if (i % 5 === 0) await router.apply();
    }
    const [sent, lost] = await exchange;
    flows.push(...(await router.flows()));
    const sum = (spec: InterfaceSpec, direction: string) =>
      of(flows, spec, direction).reduce((total, { packets }) => total + packets, 0);
    expect(lost).toBe(0);
    for (const spec of [SPECS.a1, SPECS.b])
      for (const direction of ["ingress", "egress"]) expect(sum(spec, direction)).toBe(sent);
    await apply();
    expect(await router.flows()).toEqual([]);
    expect(await router.command("nft", "list", "table", "inet", "vpc")).not.toContain("flows");
  });
});
