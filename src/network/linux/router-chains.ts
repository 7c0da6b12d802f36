import { TASK_ENDPOINT_ADDRESS, type SubnetSpec, type VpcTopology } from "../backend.ts";
import { aclEntrance, refusal } from "./acl.ts";
import { blocks, connectionEnds, FAMILIES, familyOf, inBlocks, isFamily, ofFamily, type Family } from "./address.ts";
import { ANY_PEER_LINK, ANY_PORT, peerLinkName, UPLINK } from "./names.ts";
import { expression as x, type Command, type Expression } from "./nft.ts";
import type { Direction } from "./rule.ts";
import { vpcArpTable as arpTable, vpcTable as table } from "./tables.ts";

/** What a VPC's rules depend on beside its groups and interfaces. */
export interface RouterSettings {
  /** Where the VPC's resolver answers, of both families; none where it does not. */
  resolverAddresses: readonly string[];
  /** The TCP ports that tasks are served at {@link TASK_ENDPOINT_ADDRESS}. */
  taskPorts: readonly number[];
  topology: VpcTopology;
}

/** The sets and maps that the base chains look interfaces up in. */
export const FIXED_SETS = {
  ports: ["ifname", "ether_addr", "ipv4_addr"],
  ports_ip6: ["ifname", "ether_addr", "ipv6_addr"],
  nat_ports: ["ifname", "ether_addr"],
  public_sources: "ipv4_addr",
} as const;
/** The chains that {@link FIXED_MAPS} lead a NAT gateway's packets to. */
export const NAT_CHAIN = { ingress: "nat_ingress", egress: "nat_egress" } as const;

const FROM_PEERS = "from_peers";
const FOREIGN_ERRORS = "foreign_errors";

const iif = x.meta("iifname");
const oif = x.meta("oifname");
const state = x.ct("state");
const isRelated = x.has(state, "related");
const fromPort = x.equals(iif, ANY_PORT);
const toPort = x.equals(oif, ANY_PORT);
const fromUplink = x.equals(iif, UPLINK);
const toUplink = x.equals(oif, UPLINK);
const fromPeer = x.equals(iif, ANY_PEER_LINK);
/** The port and the sender's MAC address: with an address, an element of the sets of ports. */
const identity = [iif, x.payload("ether", "saddr")];
const icmpv6Type = x.payload("icmpv6", "type");
const LINK_LOCAL = { ip: "169.254.0.0/16", ip6: "fe80::/10" } as const;

/** Router solicitation to redirect. */
const NEIGHBOR_DISCOVERY = { range: [133, 137] };
const NEIGHBOR_SOLICIT_AND_ADVERT = { range: [135, 136] };
/** From a server's port to a client's, for either version. */
const DHCP_ANSWERS = [{ concat: [67, 68] }, { concat: [547, 546] }];

/** The chains with a hook and those that only they jump to. */
export function baseChains(settings: RouterSettings, guarded: readonly Direction[]): Command[] {
  return [
    ...peerChains(settings.topology),
    ...table.chain(FOREIGN_ERRORS, foreignErrors()),
    ...table.chain(NAT_CHAIN.egress, [[x.accept]]),
    // What comes from outside to a NAT gateway are answers, and those were accepted before.
    ...table.chain(NAT_CHAIN.ingress, [[fromPort, x.accept]]),
    ...base("antispoof", filter("prerouting", -300, "drop"), antispoof(settings)),
    // Only what comes from outside is translated to a private address: a task that dials a public address of its own VPC
    // goes out and in again, seen under its public address, as through an internet gateway.
    ...base("from_internet", nat("prerouting", -100), [
      [fromUplink, { dnat: { family: "ip", addr: x.map(x.payload("ip", "daddr"), "@private_of") } }],
    ]),
    ...base("entry", filter("forward", -20, "drop"), entry(settings.topology)),
    ...base("egress", filter("forward", -10, "drop"), [
      ...(guarded.includes("egress") ? [[fromPort, x.jump(aclEntrance("egress"))]] : []),
      [x.differs(iif, ANY_PORT), x.accept],
      [isRelated, x.jump(FOREIGN_ERRORS)],
      ...known(x.goto(refusal("egress"))),
      [x.vmap(iif, "@egress")],
      [x.goto(refusal("egress"))],
    ]),
    ...base("ingress", filter("forward", 0, "drop"), [
      ...(guarded.includes("ingress") ? [[toPort, x.jump(aclEntrance("ingress"))]] : []),
      ...exit(settings.topology),
      ...known(x.goto(refusal("ingress"))),
      [x.vmap(oif, "@ingress")],
      [toPort, x.goto(refusal("ingress"))],
      [x.accept],
    ]),
    ...base("to_router", filter("input", 0, "drop"), toRouter(settings)),
    // The host knows no private address: what has no public one leaves under the router's.
    ...base("to_internet", nat("postrouting", 100), [
      [toUplink, { snat: { family: "ip", addr: x.map(x.payload("ip", "saddr"), "@public_of") } }],
      [toUplink, isFamily("ip"), { masquerade: null }],
    ]),
    arpTable.baseChain("antispoof", filter("input", 0, "accept")),
    ...arpTable.chain("antispoof", [
      [
        fromPort,
        x.differs(x.concat(iif, x.payload("arp", "saddr ether"), x.payload("arp", "saddr ip")), "@ports"),
        x.drop,
      ],
    ]),
  ];
}

/** Every packet comes from the port or link of its source addresses, and nobody plays router or DHCP server. */
function antispoof({ resolverAddresses, topology }: RouterSettings): Expression[][] {
  const ownIpv4 = vpcBlocks(topology, "ip");
  return [
    ...FAMILIES.flatMap((family) => {
      const own = vpcBlocks(topology, family);
      return own.length ? [[fromUplink, inBlocks("saddr", own), x.drop]] : [];
    }),
    [fromPeer, x.goto(FROM_PEERS)],
    [x.differs(iif, ANY_PORT), x.accept],
    [x.equals(icmpv6Type, NEIGHBOR_DISCOVERY), x.drop],
    [x.equals(x.concat(x.payload("udp", "sport"), x.payload("udp", "dport")), x.anyOf(DHCP_ANSWERS)), x.drop],
    ...FAMILIES.map((family) => {
      const own = ofFamily([...resolverAddresses, TASK_ENDPOINT_ADDRESS], family);
      const butOwn = own.length ? [x.differs(x.payload(family, "daddr"), x.anyOf(own))] : [];
      return [inBlocks("daddr", [LINK_LOCAL[family]]), ...butOwn, x.drop];
    }),
    [x.equals(x.concat(...identity, x.payload("ip", "saddr")), "@ports"), x.accept],
    [x.equals(x.concat(...identity, x.payload("ip6", "saddr")), "@ports_ip6"), x.accept],
    // A NAT gateway passes answers on; those of the VPC itself have no need of it.
    ...(ownIpv4.length ? [[inBlocks("saddr", ownIpv4), x.drop]] : []),
    [isFamily("ip"), x.equals(x.concat(...identity), "@nat_ports"), x.accept],
  ];
}

/**
 * Refuses errors (ICMP) about connections of others, with which a task could slow these down or end them. Errors that a
 * NAT gateway passes on are about those that send through it. From outside they need no such look: a peer's router does
 * as this one, and knows nothing of connections that it has no part in.
 */
function foreignErrors(): Expression[][] {
  return [
    [x.equals(x.concat(...identity), "@nat_ports"), x.return],
    ...FAMILIES.flatMap((family) =>
      connectionEnds(family).map((end) => [
        x.equals(x.concat(...identity, end), family === "ip" ? "@ports" : "@ports_ip6"),
        x.return,
      ]),
    ),
    [x.goto(refusal("egress"))],
  ];
}

/** What may come in from peers: from their ranges, to ours. */
function peerChains(topology: VpcTopology): Command[] {
  const chains = topology.peerings.flatMap(({ peeringId, peerCidrBlocks }) =>
    table.chain(peerChain(peeringId), [
      [x.equals(icmpv6Type, NEIGHBOR_SOLICIT_AND_ADVERT), x.accept],
      ...FAMILIES.flatMap((family) => {
        const theirs = ofFamily(peerCidrBlocks, family);
        const ours = vpcBlocks(topology, family);
        return theirs.length && ours.length ? [[inBlocks("saddr", theirs), inBlocks("daddr", ours), x.accept]] : [];
      }),
      [x.drop],
    ]),
  );
  const links = topology.peerings.map(({ peeringId }) => [
    x.equals(iif, peerLinkName(peeringId)),
    x.goto(peerChain(peeringId)),
  ]);
  return [...chains, ...table.chain(FROM_PEERS, [...links, [x.drop]])];
}

/** What comes in from elsewhere goes to interfaces only: neither peerings nor gateways are transitive. */
function entry(topology: VpcTopology): Expression[][] {
  return [
    [fromPort, x.accept],
    [x.differs(oif, ANY_PORT), x.drop],
    [fromPeer, x.accept],
    ...FAMILIES.flatMap((family) => {
      const { open, outbound } = internetSubnets(topology, family);
      const reachable = [...open, ...outbound];
      // IPv4 comes in under a public address that was translated just now; IPv6 under its own.
      const isNew = family === "ip" ? [x.has(x.ct("status"), "dnat")] : [];
      return [
        ...(reachable.length
          ? [[inBlocks("daddr", reachable), x.has(state, ["established", "related"]), x.accept]]
          : []),
        ...(open.length ? [[inBlocks("daddr", open), ...isNew, x.accept]] : []),
      ];
    }),
  ];
}

/** What may not leave: by the internet gateway without a public address, by a peering what is not the VPC's own. */
function exit(topology: VpcTopology): Expression[][] {
  const { open, outbound } = internetSubnets(topology, "ip6");
  const reachable = [...open, ...outbound];
  const own = vpcBlocks(topology, "ip");
  return [
    [toUplink, x.differs(x.payload("ip", "saddr"), "@public_sources"), x.drop],
    ...(reachable.length ? [[toUplink, inBlocks("saddr", reachable), x.accept]] : []),
    [toUplink, isFamily("ip6"), x.drop],
    ...(own.length
      ? [
          [
            x.equals(oif, ANY_PEER_LINK),
            isFamily("ip"),
            x.differs(x.payload("ip", "saddr"), x.anyOf(blocks(own))),
            x.drop,
          ],
        ]
      : []),
  ];
}

/** Nothing but DNS and the tasks' endpoint is answered. On the links to other routers, neighbours may ask each other's MAC address. */
function toRouter({ resolverAddresses, taskPorts }: RouterSettings): Expression[][] {
  const isNeighbor = x.equals(icmpv6Type, NEIGHBOR_SOLICIT_AND_ADVERT);
  return [
    [x.equals(iif, "lo"), x.accept],
    [fromUplink, isNeighbor, x.accept],
    [fromPeer, isNeighbor, x.accept],
    ...known(x.drop),
    ...FAMILIES.flatMap((family) => {
      const addresses = ofFamily(resolverAddresses, family);
      if (!addresses.length) return [];
      return ["udp", "tcp"].map((protocol) => [
        fromPort,
        x.equals(x.payload(family, "daddr"), x.anyOf(addresses)),
        x.equals(x.payload(protocol, "dport"), 53),
        x.accept,
      ]);
    }),
    ...taskPorts.map((port) => [
      fromPort,
      x.equals(x.payload("ip", "daddr"), TASK_ENDPOINT_ADDRESS),
      x.equals(x.payload("tcp", "dport"), port),
      x.accept,
    ]),
  ];
}

interface Hook {
  type: "filter" | "nat";
  hook: string;
  prio: number;
  policy: "accept" | "drop";
}

function filter(hook: string, prio: number, policy: Hook["policy"]): Hook {
  return { type: "filter", hook, prio, policy };
}

function nat(hook: string, prio: number): Hook {
  return { type: "nat", hook, prio, policy: "accept" };
}

function base(name: string, hook: Hook, rules: readonly Expression[][]): Command[] {
  return [table.baseChain(name, { ...hook }), ...table.chain(name, rules)];
}

/**
 * Accepts packets of connections that were accepted once, in either direction. Without a map of the rule's own: such a
 * map is empty already for a packet that is on its way while the rule is replaced.
 */
function known(refuse: Expression): Expression[][] {
  return [
    [x.has(state, ["established", "related"]), x.accept],
    [x.has(state, "invalid"), refuse],
  ];
}

function peerChain(peeringId: string): string {
  return `peer-${peeringId}`;
}

function vpcBlocks({ cidrBlocks, ipv6CidrBlocks }: VpcTopology, family: Family): string[] {
  return family === "ip" ? cidrBlocks : ipv6CidrBlocks;
}

/**
 * The ranges of the subnets that have a route to the internet.
 * @returns `open` those that are reached from there, `outbound` those with an egress-only gateway alone
 */
function internetSubnets(topology: VpcTopology, family: Family): { open: string[]; outbound: string[] } {
  const rangesOf = (kind: "internet" | "egress-only-internet") =>
    topology.subnets
      .filter((subnet) => hasRoute(topology, subnet, family, kind))
      .flatMap((subnet) => {
        const range = family === "ip" ? subnet.cidrBlock : subnet.ipv6CidrBlock;
        return range === undefined ? [] : [range];
      });
  const open = rangesOf("internet");
  return { open, outbound: rangesOf("egress-only-internet").filter((range) => !open.includes(range)) };
}

function hasRoute(
  { routeTables }: VpcTopology,
  { routeTableId }: SubnetSpec,
  family: Family,
  kind: "internet" | "egress-only-internet",
): boolean {
  const routes = routeTables.find((each) => each.routeTableId === routeTableId)?.routes ?? [];
  return routes.some(({ destination, target }) => target.kind === kind && familyOf(destination) === family);
}
