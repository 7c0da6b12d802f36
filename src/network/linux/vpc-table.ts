import type { InterfaceSpec, SecurityGroupSpec } from "../backend.ts";
import { aclChains, natAclMap, subnetChain } from "./acl.ts";
import { FAMILIES, familyOf, ofFamily } from "./address.ts";
import { captureCommands, flowGeneration, flowSets, isFlowSet, refusalCommands } from "./flows.ts";
import {
  chainOf,
  distinctUnions,
  emptyGroup,
  groupRules,
  hasUnion,
  listEntries,
  listSets,
  memberSets,
  referencedGroups,
  referencedLists,
  unionRules,
} from "./groups.ts";
import { portName } from "./names.ts";
import { expression as x, type Command, type Table } from "./nft.ts";
import { baseChains, FIXED_SETS, NAT_CHAIN, type RouterSettings } from "./router-chains.ts";
import { DIRECTIONS, peerSet } from "./rule.ts";
import { vpcArpTable as arpTable, vpcTable as table } from "./tables.ts";

export type { RouterSettings } from "./router-chains.ts";
export { VPC_TABLE } from "./tables.ts";

/** The groups and interfaces of a VPC, by id. */
export interface VpcContents {
  groups: ReadonlyMap<string, SecurityGroupSpec>;
  interfaces: ReadonlyMap<string, InterfaceSpec>;
  /** The addresses, of both families, that groups named by this VPC's rules have in peer VPCs, by the groups' ids. */
  peerMembers: ReadonlyMap<string, readonly string[]>;
}

const FIXED_MAPS = {
  egress: ["ifname", "verdict"],
  ingress: ["ifname", "verdict"],
  [natAclMap("egress")]: ["ifname", "verdict"],
  [natAclMap("ingress")]: ["ifname", "verdict"],
  private_of: ["ipv4_addr", "ipv4_addr"],
  public_of: ["ipv4_addr", "ipv4_addr"],
} as const;

/*
 * A packet from one interface to another passes these base chains: `antispoof` (it comes from the port of its source
 * addresses), `egress` (the ACL of the source's subnet and a group of the source interface allow it), `ingress` (the ACL
 * of the destination's subnet and a group of the destination interface allow it). Accepting in one leads on to the next.
 * What comes from the internet or a peer passes `entry` instead of `egress`. What no group's chain accepts returns, and
 * is refused.
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
  const { topology } = settings;
  const interfaces = [...contents.interfaces.values()];
  const told = [...contents.groups.values()];
  const own = new Set([...contents.groups.keys(), ...interfaces.flatMap((spec) => spec.securityGroups)]);
  const groups = [...own].map((id) => contents.groups.get(id) ?? emptyGroup(id));
  const memberIds = new Set([...own, ...told.flatMap(referencedGroups), ...contents.peerMembers.keys()]);
  const lists = new Map(topology.prefixLists.map((list) => [list.prefixListId, list]));
  const listIds = new Set([...lists.keys(), ...told.flatMap(referencedLists)]);
  const filled = [...Object.keys(FIXED_SETS), ...peerSets([...memberIds, ...listIds])];
  const generation = flowGeneration(present.sets);
  const counting = topology.captureFlows ? flowSets(generation) : [];
  const acls = aclChains(topology);
  const chains = [
    ...(topology.captureFlows ? captureCommands(generation, present.sets) : refusalCommands()),
    ...interfaces.flatMap(natSubnetChains).flatMap((name) => table.chain(name, [])), // filled by the next line
    ...acls.commands,
    ...groupRules(groups),
    ...distinctUnions(interfaces).flatMap(unionRules),
    ...baseChains(settings, acls.active),
  ];
  const wantedChains = new Set(chainNames(chains));
  const staleChains = present.chains.filter((name) => !wantedChains.has(name));
  const wantedSets = new Set([...filled, ...counting]);
  // What is unread of the generations before is read yet, see readFlows.
  const staleSets = present.sets.filter((name) => !wantedSets.has(name) && !(topology.captureFlows && isFlowSet(name)));
  return [
    table.create(),
    arpTable.create(),
    arpTable.set("ports", FIXED_SETS.ports),
    arpTable.flushSet("ports"),
    ...Object.entries(FIXED_SETS).map(([name, type]) => table.set(name, type)),
    ...Object.entries(FIXED_MAPS).map(([name, [type, map]]) => table.map(name, type, map)),
    ...memberSets(memberIds),
    ...listSets(listIds),
    ...Object.keys(FIXED_MAPS).map((name) => table.flushMap(name)),
    ...filled.map((name) => table.flushSet(name)),
    ...chains,
    ...staleChains.map((name) => table.flushChain(name)),
    ...staleChains.map((name) => table.deleteChain(name)),
    ...staleSets.map((name) => table.deleteSet(name)),
    ...listEntries([...lists.values()]),
    ...addElements([...interfaces.flatMap(interfaceElements), ...peerElements(contents.peerMembers)]),
  ];
}

/**
 * The commands that let an interface in; they may be repeated. Chains that are there are not named again: a transaction
 * with chains in it takes three times as long.
 * @param contents what the table has, without the interface
 */
export function attachCommands(spec: InterfaceSpec, contents: VpcContents): Command[] {
  const groups = spec.securityGroups;
  const missing = groups.filter((id) => !contents.groups.has(id));
  const rest = [...contents.interfaces.values()];
  return [
    ...groupCommands(missing.map(emptyGroup)),
    ...(groups.length > 1 && !hasUnion(rest, groups) ? unionRules(groups) : []),
    ...natSubnetChains(spec).map((name) => table.ensureChain(name)),
    ...addElements(interfaceElements(spec)),
  ];
}

/**
 * The commands that shut an interface out: nothing from it passes, nothing reaches it. They fail when it was not let in.
 * @param rest the interfaces that stay
 */
export function detachCommands(spec: InterfaceSpec, rest: readonly InterfaceSpec[]): Command[] {
  const groups = spec.securityGroups;
  const lastOfUnion = groups.length > 1 && !hasUnion(rest, groups);
  const chains = lastOfUnion ? DIRECTIONS.map((direction) => chainOf(groups, direction)) : [];
  return [
    ...interfaceElements(spec).map(({ of, set, key }) => of.deleteElements(set, [key])),
    ...chains.map((name) => table.flushChain(name)),
    ...chains.map((name) => table.deleteChain(name)),
  ];
}

/** The commands that replace the rules of groups. They may be repeated. */
export function groupCommands(groups: readonly SecurityGroupSpec[]): Command[] {
  return [
    ...memberSets(groups.flatMap((group) => [group.groupId, ...referencedGroups(group)])),
    ...listSets(groups.flatMap(referencedLists)),
    ...groupRules(groups),
  ];
}

/**
 * The commands for members that a group of a peer VPC gets or loses. To add may be repeated; to delete what is not there
 * fails.
 * @param addresses of both families
 */
export function peerMemberCommands(groupId: string, addresses: readonly string[], change: "add" | "delete"): Command[] {
  const elements = peerElements(new Map([[groupId, addresses]]));
  if (change === "add") return [...memberSets([groupId]), ...addElements(elements)];
  return elements.map(({ of, set, key }) => of.deleteElements(set, [key]));
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
  const { macAddress, privateIp, ipv6Address, publicIp, subnetId, role } = spec;
  const groups = spec.securityGroups;
  const identity = { concat: [port, macAddress, privateIp] };
  const addresses = ipv6Address === undefined ? [privateIp] : [privateIp, ipv6Address];
  return [
    member(table, "ports", identity),
    member(arpTable, "ports", identity),
    ...(ipv6Address === undefined ? [] : [member(table, "ports_ip6", { concat: [port, macAddress, ipv6Address] })]),
    ...(role === "nat" ? [member(table, "nat_ports", { concat: [port, macAddress] })] : []),
    ...DIRECTIONS.flatMap((direction) => {
      if (role === "nat")
        return [
          pair(direction, port, x.jump(NAT_CHAIN[direction])),
          pair(natAclMap(direction), port, x.goto(subnetChain(subnetId, direction))),
        ];
      return groups.length ? [pair(direction, port, x.jump(chainOf(groups, direction)))] : [];
    }),
    ...[...new Set(groups)].flatMap((id) =>
      addresses.map((address) => member(table, peerSet(id, familyOf(address)), address)),
    ),
    ...(publicIp === undefined
      ? []
      : [
          member(table, "public_sources", privateIp),
          pair("public_of", privateIp, publicIp),
          pair("private_of", publicIp, privateIp),
        ]),
  ];
}

function peerElements(peerMembers: VpcContents["peerMembers"]): SetElement[] {
  return [...peerMembers].flatMap(([groupId, addresses]) =>
    FAMILIES.flatMap((family) =>
      ofFamily(addresses, family).map((address) => member(table, peerSet(groupId, family), address)),
    ),
  );
}

function member(of: Table, set: string, key: unknown): SetElement {
  return { of, set, key, element: key };
}

function pair(set: string, key: unknown, value: unknown): SetElement {
  return { of: table, set, key, element: [key, value] };
}

/** One command for each set. */
function addElements(elements: readonly SetElement[]): Command[] {
  return [table, arpTable].flatMap((of) => {
    const bySet = Map.groupBy(
      elements.filter((each) => each.of === of),
      ({ set }) => set,
    );
    return [...bySet].map(([set, added]) =>
      of.addElements(
        set,
        added.map(({ element }) => element),
      ),
    );
  });
}

/** The chains that a NAT gateway's port leads to: it needs them even while its subnet's ACL allows everything. */
function natSubnetChains({ role, subnetId }: InterfaceSpec): string[] {
  return role === "nat" ? DIRECTIONS.map((direction) => subnetChain(subnetId, direction)) : [];
}

function peerSets(ids: readonly string[]): string[] {
  return ids.flatMap((id) => FAMILIES.map((family) => peerSet(id, family)));
}

function chainNames(commands: readonly Command[]): string[] {
  return commands.flatMap((command) => {
    const { chain } = (command["add"] ?? {}) as { chain?: { name?: string } };
    return chain?.name === undefined ? [] : [chain.name];
  });
}
