import { createHash } from "node:crypto";
import type { InterfaceSpec, SecurityGroupSpec } from "../backend.ts";
import { ANY_PORT, portName, UPLINK } from "./names.ts";
import { expression as x, Table, type Command, type Expression } from "./nft.ts";
import { ruleExpressions, type Direction } from "./rule.ts";

export const VPC_TABLE = "vpc";
const table = new Table("inet", VPC_TABLE);
const arpTable = new Table("arp", VPC_TABLE);

/** What a VPC's rules depend on beside its groups and interfaces. */
export interface RouterSettings {
  /** Where the VPC's resolver answers. */
  resolverAddresses: readonly string[];
}

/** The groups and interfaces of a VPC, by id. */
export interface VpcContents {
  groups: ReadonlyMap<string, SecurityGroupSpec>;
  interfaces: ReadonlyMap<string, InterfaceSpec>;
}

const PORT_KEY = ["ifname", "ether_addr", "ipv4_addr"] as const;
const FIXED_SETS = ["ports", "public_sources"];
const FIXED_MAPS = ["egress", "ingress", "private_of", "public_of"];

/*
 * A packet from one interface to another passes: `antispoof` (it comes from the port of its source addresses), `egress`
 * (a group of the source interface allows it), `ingress` (a group of the destination interface allows it). Both are base
 * chains of the forward hook, since accepting in the first leads on to the second. What returns from a group's chain
 * meets the policy, which is to drop.
 */

/**
 * The commands that make the table of a namespace be as the VPC's contents say, whatever it was before. As one
 * transaction it leaves no instant without rules; connections go on.
 * @param present the chains and sets that the table has, to find those that must go
 */
export function replaceTable(
  settings: RouterSettings,
  contents: VpcContents,
  present: { chains: readonly string[]; sets: readonly string[] },
): Command[] {
  const interfaces = [...contents.interfaces.values()];
  const groupSets = new Set(
    [...contents.groups.values()].flatMap((group) => [group.groupId, ...referencedGroups(group)]),
  );
  for (const id of interfaces.flatMap((spec) => spec.securityGroups)) groupSets.add(id);
  const base = baseChains(settings);
  const groupChains = [...groupSets].flatMap((id) =>
    groupRules(contents.groups.get(id) ?? { groupId: id, ingress: [], egress: [] }),
  );
  const unionChains = distinctUnions(interfaces).flatMap(unionRules);
  const wanted = new Set([...base.names, ...chainNames([...groupChains, ...unionChains])]);
  const staleChains = present.chains.filter((name) => !wanted.has(name));
  const staleSets = present.sets.filter((name) => !groupSets.has(name) && !FIXED_SETS.includes(name));
  return [
    table.create(),
    arpTable.create(),
    arpTable.set("ports", PORT_KEY),
    arpTable.flushSet("ports"),
    table.set("ports", PORT_KEY),
    table.set("public_sources", "ipv4_addr"),
    table.map("egress", "ifname", "verdict"),
    table.map("ingress", "ifname", "verdict"),
    table.map("private_of", "ipv4_addr", "ipv4_addr"),
    table.map("public_of", "ipv4_addr", "ipv4_addr"),
    ...[...groupSets].map((id) => table.set(id, "ipv4_addr")),
    ...FIXED_MAPS.map((name) => table.flushMap(name)),
    ...[...FIXED_SETS, ...groupSets].map((name) => table.flushSet(name)),
    ...base.commands,
    ...groupChains,
    ...unionChains,
    ...staleChains.map((name) => table.flushChain(name)),
    ...staleChains.map((name) => table.deleteChain(name)),
    ...staleSets.map((name) => table.deleteSet(name)),
    ...interfaces.flatMap(addElements),
  ];
}

/**
 * The commands that let an interface in; they may be repeated. Chains that are there are not named again: a transaction
 * with chains in it takes three times as long.
 * @param contents what the table has, without the interface
 */
export function attachCommands(spec: InterfaceSpec, contents: VpcContents): Command[] {
  const groups = spec.securityGroups;
  const missing = groups
    .filter((id) => !contents.groups.has(id))
    .map((groupId) => ({ groupId, ingress: [], egress: [] }));
  const rest = [...contents.interfaces.values()];
  return [
    ...groupCommands(missing),
    ...(groups.length > 1 && !hasUnion(rest, groups) ? unionRules(groups) : []),
    ...addElements(spec),
  ];
}

/**
 * The commands that shut an interface out: nothing from it passes, nothing reaches it. They fail when it was not let in.
 * @param rest the interfaces that stay
 */
export function detachCommands(spec: InterfaceSpec, rest: readonly InterfaceSpec[]): Command[] {
  const groups = spec.securityGroups;
  const lastOfUnion = groups.length > 1 && !hasUnion(rest, groups);
  const chains = lastOfUnion ? (["ingress", "egress"] as const).map((direction) => unionChain(groups, direction)) : [];
  return [
    ...interfaceElements(spec).map(({ of, set, key }) => of.deleteElements(set, [key])),
    ...chains.map((name) => table.flushChain(name)),
    ...chains.map((name) => table.deleteChain(name)),
  ];
}

/** The commands that replace the rules of groups. They may be repeated. */
export function groupCommands(groups: readonly SecurityGroupSpec[]): Command[] {
  return [
    ...groups.flatMap((group) => [group.groupId, ...referencedGroups(group)].map((id) => table.set(id, "ipv4_addr"))),
    ...groups.flatMap(groupRules),
  ];
}

function baseChains({ resolverAddresses }: RouterSettings): {
  names: string[];
  commands: Command[];
} {
  const iif = x.meta("iifname");
  const oif = x.meta("oifname");
  const source = x.payload("ip", "saddr");
  const destination = x.payload("ip", "daddr");
  const known = x.vmap(
    x.ct("state"),
    x.anyOf([
      ["established", x.accept],
      ["related", x.accept],
      ["invalid", x.drop],
    ]),
  );
  const dns = (protocol: string) => [
    x.equals(iif, ANY_PORT),
    x.equals(destination, x.anyOf(resolverAddresses)),
    x.equals(x.payload(protocol, "dport"), 53),
    x.accept,
  ];
  const chains: { name: string; hook: ReturnType<typeof filter>; rules: Expression[][] }[] = [
    {
      name: "antispoof",
      hook: filter("prerouting", -300, "accept"),
      rules: [
        [x.differs(x.meta("nfproto"), "ipv4"), x.drop],
        [x.equals(iif, ANY_PORT), x.differs(x.concat(iif, x.payload("ether", "saddr"), source), "@ports"), x.drop],
      ],
    },
    // Only what comes from outside is translated to a private address: a task that dials a public address of its own VPC
    // goes out and in again, seen under its public address, as through an internet gateway.
    {
      name: "from_internet",
      hook: nat("prerouting", -100),
      rules: [[x.equals(iif, UPLINK), { dnat: { family: "ip", addr: x.map(destination, "@private_of") } }]],
    },
    {
      name: "egress",
      hook: filter("forward", -10, "drop"),
      rules: [[known], [x.equals(iif, UPLINK), x.has(x.ct("status"), "dnat"), x.accept], [x.vmap(iif, "@egress")]],
    },
    {
      name: "ingress",
      hook: filter("forward", 0, "drop"),
      rules: [
        [known],
        [x.vmap(oif, "@ingress")],
        [x.equals(oif, UPLINK), x.equals(source, "@public_sources"), x.accept],
      ],
    },
    {
      name: "to_router",
      hook: filter("input", 0, "drop"),
      rules: [[x.equals(iif, "lo"), x.accept], [known], dns("udp"), dns("tcp")],
    },
    // The host knows no private address: what has no public one leaves under the router's.
    {
      name: "to_internet",
      hook: nat("postrouting", 100),
      rules: [
        [x.equals(oif, UPLINK), { snat: { family: "ip", addr: x.map(source, "@public_of") } }],
        [x.equals(oif, UPLINK), { masquerade: null }],
      ],
    },
  ];
  const arp = x.concat(iif, x.payload("arp", "saddr ether"), x.payload("arp", "saddr ip"));
  return {
    names: chains.map(({ name }) => name),
    commands: [
      ...chains.flatMap(({ name, hook, rules }) => [table.baseChain(name, hook), ...table.chain(name, rules)]),
      arpTable.baseChain("antispoof", filter("input", 0, "accept")),
      ...arpTable.chain("antispoof", [[x.equals(iif, ANY_PORT), x.differs(arp, "@ports"), x.drop]]),
    ],
  };
}

function filter(hook: string, prio: number, policy: string) {
  return { type: "filter", hook, prio, policy };
}

function nat(hook: string, prio: number) {
  return { type: "nat", hook, prio, policy: "accept" };
}

function groupRules(group: SecurityGroupSpec): Command[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    table.chain(
      groupChain(group.groupId, direction),
      group[direction].flatMap((rule) => ruleExpressions(rule, direction)),
    ),
  );
}

function groupChain(groupId: string, direction: Direction): string {
  return `${groupId}-${direction}`;
}

function referencedGroups(group: SecurityGroupSpec): string[] {
  return [...group.ingress, ...group.egress].flatMap(({ peer }) =>
    "securityGroup" in peer ? [peer.securityGroup] : [],
  );
}

/** Interfaces with the same several groups share a pair of chains that tries one group after the other. */
function unionRules(groups: readonly string[]): Command[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    table.chain(
      unionChain(groups, direction),
      groups.toSorted().map((id) => [x.jump(groupChain(id, direction))]),
    ),
  );
}

function unionName(groups: readonly string[]): string {
  return `union-${createHash("sha256").update(groups.toSorted().join()).digest("hex").slice(0, 16)}`;
}

function unionChain(groups: readonly string[], direction: Direction): string {
  return `${unionName(groups)}-${direction}`;
}

function hasUnion(interfaces: readonly InterfaceSpec[], groups: readonly string[]): boolean {
  const name = unionName(groups);
  return interfaces.some(
    (spec) => spec.securityGroups.length === groups.length && unionName(spec.securityGroups) === name,
  );
}

function distinctUnions(interfaces: readonly InterfaceSpec[]): (readonly string[])[] {
  const several = interfaces.map((spec) => spec.securityGroups).filter((groups) => groups.length > 1);
  return [...new Map(several.map((groups) => [unionName(groups), groups])).values()];
}

function chainNames(commands: readonly Command[]): string[] {
  return commands.flatMap((command) => {
    const { chain } = (command["add"] ?? {}) as { chain?: { name?: string } };
    return chain?.name === undefined ? [] : [chain.name];
  });
}

function addElements(spec: InterfaceSpec): Command[] {
  return interfaceElements(spec).map(({ of, set, element }) => of.addElements(set, [element]));
}

interface SetElement {
  of: Table;
  set: string;
  key: unknown;
  /** What is added: the key, or the pair for a map. */
  element: unknown;
}

function interfaceElements(spec: InterfaceSpec): SetElement[] {
  const port = portName(spec.interfaceId);
  const groups = spec.securityGroups;
  const identity = { concat: [port, spec.macAddress, spec.privateIp] };
  const chain = (direction: Direction) =>
    groups.length === 1 ? groupChain(groups[0]!, direction) : unionChain(groups, direction);
  return [
    member(table, "ports", identity),
    member(arpTable, "ports", identity),
    ...(groups.length
      ? [pair("egress", port, x.goto(chain("egress"))), pair("ingress", port, x.goto(chain("ingress")))]
      : []),
    ...[...new Set(groups)].map((id) => member(table, id, spec.privateIp)),
    ...(spec.publicIp === undefined
      ? []
      : [
          member(table, "public_sources", spec.privateIp),
          pair("public_of", spec.privateIp, spec.publicIp),
          pair("private_of", spec.publicIp, spec.privateIp),
        ]),
  ];
}

function member(of: Table, set: string, key: unknown): SetElement {
  return { of, set, key, element: key };
}

function pair(set: string, key: unknown, value: unknown): SetElement {
  return { of: table, set, key, element: [key, value] };
}
