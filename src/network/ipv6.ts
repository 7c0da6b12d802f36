import { isIPv6 } from "node:net";

/** A block of IPv6 addresses, with its address as a number. */
export interface Ipv6Block {
  base: bigint;
  prefix: number;
}

const BITS = 128;

/** Reads `2001:db8::/32`, cutting host bits off; `undefined` when the text is not one. */
export function parseIpv6Cidr(text: string): Ipv6Block | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  if (rest.length || !isIPv6(address) || address.includes("%") || !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix > BITS) return undefined;
  const hostBits = BigInt(BITS - prefix);
  return { base: (ipv6Number(address) >> hostBits) << hostBits, prefix };
}

/** {@link parseIpv6Cidr} for text that was checked before. @throws Error when it is not a CIDR block. */
export function ipv6Cidr(text: string): Ipv6Block {
  const block = parseIpv6Cidr(text);
  if (!block) throw new Error(`${text} is not an IPv6 CIDR block`);
  return block;
}

/** `2001:db8::/32`, with its address in canonical form. */
export function formatIpv6Cidr({ base, prefix }: Ipv6Block): string {
  return `${formatIpv6(base)}/${prefix}`;
}

/** An address in its canonical form (RFC 5952), as the kernel prints it. */
export function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(16 * (7 - i))) & 0xffffn).toString(16));
  return canonical(groups.join(":"));
}

/** The last address of a block, in canonical form. */
export function lastIpv6Address({ base, prefix }: Ipv6Block): string {
  return formatIpv6(base + (1n << BigInt(BITS - prefix)) - 1n);
}

/** Whether the blocks have an address in common. */
export function ipv6Overlaps(a: Ipv6Block, b: Ipv6Block): boolean {
  const hostBits = BigInt(BITS - Math.min(a.prefix, b.prefix));
  return a.base >> hostBits === b.base >> hostBits;
}

function ipv6Number(address: string): bigint {
  const [head = "", tail] = canonical(address).split("::");
  const groups = (part: string) => (part ? part.split(":") : []);
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => "0"), ...groups(tail ?? "")];
  return BigInt(`0x${all.map((group) => group.padStart(4, "0")).join("")}`);
}

/** The URL parser writes addresses in their canonical form. */
function canonical(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
