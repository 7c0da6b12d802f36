import { formatIpv6Cidr, parseIpv6Cidr as readBlock, type Ipv6Block } from "../../network/ipv6.ts";

const BITS = 128;

/**
 * An IPv6 block in its shortest form, without host bits; `undefined` when the text is none.
 */
export function parseIpv6Cidr(text: string): string | undefined {
  const block = readBlock(text);
  return block && formatIpv6Cidr(block);
}

/** The number of addresses in a block. */
export function ipv6BlockSize({ prefix }: Pick<Ipv6Block, "prefix">): bigint {
  return 1n << BigInt(BITS - prefix);
}

/** Whether `inner` lies in `outer` as a whole. */
export function containsIpv6(outer: Ipv6Block, inner: Ipv6Block): boolean {
  const end = (block: Ipv6Block) => block.base + ipv6BlockSize(block);
  return inner.base >= outer.base && end(inner) <= end(outer);
}
