import type { AclEntrySpec, NetworkAclSpec, SubnetSpec, VpcTopology } from "../backend.ts";
import { ADDRESS_TYPE, block, FAMILIES, familyOf, inBlocks, isEverything, type Family } from "./address.ts";
import { expression as x, type Command, type Expression } from "./nft.ts";
import { existsIn, protocolMatch } from "./protocol.ts";
import { DIRECTIONS, type Direction } from "./rule.ts";
import { vpcTable as table } from "./tables.ts";

/*
 * A packet that leaves a subnet passes `acl_egress`, one that enters a subnet `acl_ingress`. Both find the subnet by the
 * packet's address and go to the subnet's chain, which goes to the chain of its ACL; from there what is allowed returns.
 * A NAT gateway sends and takes packets of addresses that are not its own: its subnet is found by its port.
 */

/** The map from the port of a NAT gateway to the chain of its subnet. */
export function natAclMap(direction: Direction): string {
  return `nat_acl_${direction}`;
}

/** The chain that every packet of that direction has to come back from. */
export function aclEntrance(direction: Direction): string {
  return `acl_${direction}`;
}

/** The chain of one subnet; it is empty where the subnet's ACL allows everything. */
export function subnetChain(subnetId: string, direction: Direction): string {
  return `${subnetId}-${direction}`;
}

/** The chain that a packet is dropped by, and counted where flows are captured. */
export function refusal(direction: Direction): string {
  return `refuse_${direction}`;
}

/**
 * The network ACL's entries in their order, then the denial of all else.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function aclExpressions(entries: readonly AclEntrySpec[], direction: Direction): Expression[][] {
  const field = direction === "ingress" ? "saddr" : "daddr";
  return [
    ...inOrder(entries)
      .filter((entry) => existsIn(entry.protocol, familyOf(entry.cidr)))
      .map((entry) => [
        inBlocks(field, [entry.cidr]),
        ...protocolMatch(entry),
        entry.allow ? x.return : x.goto(refusal(direction)),
      ]),
    [x.goto(refusal(direction))],
  ];
}

/**
 * The chains of a VPC's ACLs and subnets, and those that lead there, in the directions in which some ACL denies anything.
 * @returns these directions, and the commands
 */
export function aclChains(topology: VpcTopology): { active: Direction[]; commands: Command[] } {
  const acls = new Map(topology.networkAcls.map((acl) => [acl.networkAclId, acl]));
  const guarded = (direction: Direction, family: Family) =>
    topology.subnets.filter(
      (subnet) =>
        rangeOf(subnet, family) !== undefined &&
        !allowsEverything(acls.get(subnet.networkAclId)?.[direction] ?? [], family),
    );
  const active = DIRECTIONS.filter((direction) => FAMILIES.some((family) => guarded(direction, family).length > 0));
  const commands = active.flatMap((direction) => {
    const used = new Set(FAMILIES.flatMap((family) => guarded(direction, family)));
    const ids = new Set([...used].map(({ networkAclId }) => networkAclId));
    return [
      ...[...ids].flatMap((id) => aclChain(acls.get(id) ?? denial(id), direction)),
      ...[...used].flatMap(({ subnetId, networkAclId }) =>
        table.chain(subnetChain(subnetId, direction), [[x.goto(aclChainName(networkAclId, direction))]]),
      ),
      ...table.chain(aclEntrance(direction), [
        ...FAMILIES.flatMap((family) => withinOneSubnet(guarded(direction, family), family)),
        [x.vmap(x.meta(direction === "ingress" ? "oifname" : "iifname"), `@${natAclMap(direction)}`)],
        ...FAMILIES.map((family) => bySubnet(direction, family)),
      ]),
    ];
  });
  const each = DIRECTIONS.flatMap((direction) => FAMILIES.map((family) => [direction, family] as const));
  return {
    active,
    commands: [
      // `nft` sends the elements of a new interval map along with the map: what they name must be there by then.
      ...each.flatMap(([direction, family]) =>
        guarded(direction, family).map(({ subnetId }) => table.ensureChain(subnetChain(subnetId, direction))),
      ),
      ...each.map(([direction, family]) =>
        table.intervalVerdictMap(subnetMap(direction, family), ADDRESS_TYPE[family]),
      ),
      ...each.map(([direction, family]) => table.flushMap(subnetMap(direction, family))),
      ...commands,
      ...each.flatMap(([direction, family]) => subnetElements(guarded(direction, family), direction, family)),
    ],
  };
}

function denial(networkAclId: string): NetworkAclSpec {
  return { networkAclId, ingress: [], egress: [] };
}

function aclChain(acl: NetworkAclSpec, direction: Direction): Command[] {
  return table.chain(aclChainName(acl.networkAclId, direction), aclExpressions(acl[direction], direction));
}

function aclChainName(networkAclId: string, direction: Direction): string {
  return `${networkAclId}-${direction}`;
}

/** Packets that stay in their subnet do not meet its ACL. */
function withinOneSubnet(subnets: readonly SubnetSpec[], family: Family): Expression[][] {
  const addresses = x.concat(x.payload(family, "saddr"), x.payload(family, "daddr"));
  const pairs = subnets.map((subnet) => {
    const range = block(rangeOf(subnet, family)!);
    return { concat: [range, range] };
  });
  return pairs.length ? [[x.equals(addresses, x.anyOf(pairs)), x.return]] : [];
}

/** The map from a subnet's range to its chain. */
function subnetMap(direction: Direction, family: Family): string {
  return `subnets_${direction}_${family}`;
}

function bySubnet(direction: Direction, family: Family): Expression[] {
  const address = x.payload(family, direction === "ingress" ? "daddr" : "saddr");
  return [x.vmap(address, `@${subnetMap(direction, family)}`)];
}

function subnetElements(subnets: readonly SubnetSpec[], direction: Direction, family: Family): Command[] {
  const pairs = subnets.map((subnet) => [
    block(rangeOf(subnet, family)!),
    x.goto(subnetChain(subnet.subnetId, direction)),
  ]);
  return pairs.length ? [table.addElements(subnetMap(direction, family), pairs)] : [];
}

function rangeOf(subnet: SubnetSpec, family: Family): string | undefined {
  return family === "ip" ? subnet.cidrBlock : subnet.ipv6CidrBlock;
}

/** Whether the first entry for the family decides, and allows, as in a VPC's default ACL. */
function allowsEverything(entries: readonly AclEntrySpec[], family: Family): boolean {
  const first = inOrder(entries).find(({ cidr }) => familyOf(cidr) === family);
  return first !== undefined && first.allow && first.protocol === "-1" && isEverything(first.cidr);
}

function inOrder(entries: readonly AclEntrySpec[]): AclEntrySpec[] {
  return entries.toSorted((a, b) => a.ruleNumber - b.ruleNumber);
}
