import { BlockList } from "node:net";
import { cidr as ipv4Cidr, formatIpv4 } from "../ipv4.ts";
import { formatIpv6, ipv6Cidr } from "../ipv6.ts";
import { expression as x, type Expression } from "./nft.ts";

/** As nftables calls the IP versions in its expressions. */
export type Family = "ip" | "ip6";
export const FAMILIES: readonly Family[] = ["ip", "ip6"];
/** The same as a set's type. */
export const ADDRESS_TYPE = { ip: "ipv4_addr", ip6: "ipv6_addr" } as const;

/** The family of an address or CIDR block. */
export function familyOf(address: string): Family {
  return address.includes(":") ? "ip6" : "ip";
}

/** The addresses or blocks that are of the family. */
export function ofFamily(addresses: readonly string[], family: Family): string[] {
  return addresses.filter((address) => familyOf(address) === family);
}

/** Matches every packet of the family. */
export function isFamily(family: Family): Expression {
  return x.equals(x.meta("nfproto"), family === "ip" ? "ipv4" : "ipv6");
}

/** Whether the block is the whole family. */
export function isEverything(cidr: string): boolean {
  return prefixLength(cidr) === 0;
}

/**
 * A CIDR block as the value of a match, or as an element; host bits are cut off.
 * @throws Error when it is not a CIDR block
 */
export function block(cidr: string): unknown {
  if (familyOf(cidr) === "ip") {
    const { base, prefix } = ipv4Cidr(cidr);
    return prefix === 32 ? formatIpv4(base) : x.prefix(formatIpv4(base), prefix);
  }
  const { base, prefix } = ipv6Cidr(cidr);
  return prefix === 128 ? formatIpv6(base) : x.prefix(formatIpv6(base), prefix);
}

/** Blocks as elements of a set. Those inside others are left out: a set's intervals must not overlap. */
export function blocks(cidrs: readonly string[]): unknown[] {
  const covered = new BlockList();
  return cidrs
    .toSorted((a, b) => prefixLength(a) - prefixLength(b))
    .flatMap((cidr) => {
      const base = cidr.split("/")[0]!;
      const type = familyOf(cidr) === "ip" ? "ipv4" : "ipv6";
      if (covered.check(base, type)) return [];
      covered.addSubnet(base, prefixLength(cidr), type);
      return [block(cidr)];
    });
}

/** Matches packets whose source or destination is in one of the blocks, all of one family. */
export function inBlocks(field: "saddr" | "daddr", cidrs: readonly string[]): Expression {
  const family = familyOf(cidrs[0]!);
  if (cidrs.some(isEverything)) return isFamily(family);
  const values = blocks(cidrs);
  return x.equals(x.payload(family, field), values.length === 1 ? values[0] : x.anyOf(values));
}

/** The addresses of the two that a connection is between, each as the sender of its packets. */
export function connectionEnds(family: Family): Expression[] {
  return ["original", "reply"].map((dir) => ({ ct: { key: `${family} saddr`, dir } }));
}

function prefixLength(cidr: string): number {
  return Number(cidr.split("/")[1]);
}
