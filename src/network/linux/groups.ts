import { createHash } from "node:crypto";
import type { InterfaceSpec, PrefixListSpec, RuleSpec, SecurityGroupSpec } from "../backend.ts";
import { ADDRESS_TYPE, blocks, FAMILIES, ofFamily } from "./address.ts";
import { expression as x, type Command } from "./nft.ts";
import { DIRECTIONS, peerSet, ruleExpressions, type Direction } from "./rule.ts";
import { vpcTable as table } from "./tables.ts";

/** The commands that give groups these rules and no others; they may be repeated. What is not allowed returns. */
export function groupRules(groups: readonly SecurityGroupSpec[]): Command[] {
  return groups.flatMap((group) =>
    DIRECTIONS.flatMap((direction) =>
      table.chain(groupChain(group.groupId, direction), ruleExpressions(group[direction], direction)),
    ),
  );
}

/** Interfaces with the same several groups share a pair of chains that tries one group after the other. */
export function unionRules(groups: readonly string[]): Command[] {
  return DIRECTIONS.flatMap((direction) =>
    table.chain(
      chainOf(groups, direction),
      groups.toSorted().map((id) => [x.jump(groupChain(id, direction))]),
    ),
  );
}

/** The sets, made unless they are there, of the members of groups. */
export function memberSets(groupIds: Iterable<string>): Command[] {
  return [...groupIds].flatMap((id) => FAMILIES.map((family) => table.set(peerSet(id, family), ADDRESS_TYPE[family])));
}

/** The sets, made unless they are there, of the entries of prefix lists. */
export function listSets(prefixListIds: Iterable<string>): Command[] {
  return [...prefixListIds].flatMap((id) =>
    FAMILIES.map((family) => table.intervalSet(peerSet(id, family), ADDRESS_TYPE[family])),
  );
}

/** The commands that fill the flushed sets of prefix lists. */
export function listEntries(lists: readonly PrefixListSpec[]): Command[] {
  return lists.flatMap(({ prefixListId, cidrs }) =>
    FAMILIES.flatMap((family) => {
      const entries = blocks(ofFamily(cidrs, family));
      return entries.length ? [table.addElements(peerSet(prefixListId, family), entries)] : [];
    }),
  );
}

/** The chain that decides for an interface with these groups: at least one. */
export function chainOf(groups: readonly string[], direction: Direction): string {
  return groups.length === 1 ? groupChain(groups[0]!, direction) : unionChain(groups, direction);
}

/** The groups that rules of the group name. */
export function referencedGroups(group: SecurityGroupSpec): string[] {
  return peersOf(group).flatMap((peer) => ("securityGroup" in peer ? [peer.securityGroup] : []));
}

/** The prefix lists that rules of the group name. */
export function referencedLists(group: SecurityGroupSpec): string[] {
  return peersOf(group).flatMap((peer) => ("prefixList" in peer ? [peer.prefixList] : []));
}

/** A group that nothing is known of: it allows nothing. */
export function emptyGroup(groupId: string): SecurityGroupSpec {
  return { groupId, ingress: [], egress: [] };
}

/** Whether one of the interfaces has these several groups, and with them their shared chains. */
export function hasUnion(interfaces: readonly InterfaceSpec[], groups: readonly string[]): boolean {
  const name = unionName(groups);
  return interfaces.some(
    (spec) => spec.securityGroups.length === groups.length && unionName(spec.securityGroups) === name,
  );
}

/** Every combination of several groups that interfaces have, once. */
export function distinctUnions(interfaces: readonly InterfaceSpec[]): (readonly string[])[] {
  const several = interfaces.map((spec) => spec.securityGroups).filter((groups) => groups.length > 1);
  return [...new Map(several.map((groups) => [unionName(groups), groups])).values()];
}

function peersOf(group: SecurityGroupSpec): RuleSpec["peer"][] {
  return [...group.ingress, ...group.egress].map(({ peer }) => peer);
}

function groupChain(groupId: string, direction: Direction): string {
  return `${groupId}-${direction}`;
}

function unionName(groups: readonly string[]): string {
  return `union-${createHash("sha256").update(groups.toSorted().join()).digest("hex").slice(0, 16)}`;
}

function unionChain(groups: readonly string[], direction: Direction): string {
  return `${unionName(groups)}-${direction}`;
}
