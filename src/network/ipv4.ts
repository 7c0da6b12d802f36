/** A block of IPv4 addresses, with its address as a number. */
export interface Ipv4Block {
  base: number;
  prefix: number;
}

/** The number of an address in dotted form; `undefined` when the text is not one. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The dotted form of an address. */
export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

/** The number of addresses in a block. */
export function blockSize(block: Ipv4Block): number {
  return 2 ** (32 - block.prefix);
}

/** Reads `10.0.0.0/16`, cutting host bits off; `undefined` when the text is not one. */
export function parseCidr(text: string): Ipv4Block | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  const base = parseIpv4(address);
  if (base === undefined || rest.length || !/^\d{1,2}$/.test(prefixText) || Number(prefixText) > 32) return undefined;
  const prefix = Number(prefixText);
  return { base: base - (base % 2 ** (32 - prefix)), prefix };
}

/** {@link parseCidr} for text that was checked before. @throws Error when it is not a CIDR block. */
export function cidr(text: string): Ipv4Block {
  const block = parseCidr(text);
  if (!block) throw new Error(`${text} is not an IPv4 CIDR block`);
  return block;
}

/** `10.0.0.0/16`. */
export function formatCidr(block: Ipv4Block): string {
  return `${formatIpv4(block.base)}/${block.prefix}`;
}

/** The nth address of a block, in dotted form. */
export function addressAt(block: Ipv4Block, n: number): string {
  return formatIpv4(block.base + n);
}

/** Whether the blocks have an address in common. */
export function overlaps(a: Ipv4Block, b: Ipv4Block): boolean {
  return a.base < b.base + blockSize(b) && b.base < a.base + blockSize(a);
}

/** The first block of `prefix` bits inside `parent` that overlaps none of `taken`. */
export function firstFreeBlock(parent: Ipv4Block, prefix: number, taken: readonly Ipv4Block[]): Ipv4Block | undefined {
  for (let base = parent.base; base < parent.base + blockSize(parent); base += 2 ** (32 - prefix)) {
    const block = { base, prefix };
    if (!taken.some((other) => overlaps(block, other))) return block;
  }
  return undefined;
}
