import type { Ids } from "../../base/ids.ts";
import { addressAt, blockSize, cidr } from "../../network/ipv4.ts";
import { formatIpv6, ipv6Cidr } from "../../network/ipv6.ts";
import { ipv6BlockSize } from "./ipv6.ts";
import type { Ec2Collections } from "./store.ts";

/** Which offsets of a block are never given out. */
export interface Reserved {
  first: number;
  last: number;
}

type Addresses = Pick<Ec2Collections, "addresses" | "cursors">;

/** AWS keeps a subnet's first four addresses and its last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const SUBNET_RESERVED: Reserved = { first: 4, last: 1 };
/** The network's address and the broadcast address. */
export const POOL_RESERVED: Reserved = { first: 1, last: 1 };
/** The scope of public addresses: one pool for all accounts and Regions. */
export const PUBLIC = "public";

/** How many addresses are looked at one by one before all that are in use are read at once. */
const PROBES = 8;

/** The scope of a subnet's IPv6 addresses; that of the others is the subnet's id. */
export function ipv6Owner(subnetId: string): string {
  return `${subnetId}/ipv6`;
}

/**
 * Takes a free address of a block, in the caller's transaction, going on behind the one taken last.
 * @param owner the scope of the block's addresses: a subnet's id or {@link PUBLIC}
 * @param interfaceId who has it, or the id of an elastic address
 * @returns `undefined` when all are in use
 */
export async function takeAddress(
  records: Addresses,
  owner: string,
  block: string,
  reserved: Reserved,
  interfaceId: string,
): Promise<string | undefined> {
  const { addresses, cursors } = records;
  const range = cidr(block);
  const count = blockSize(range) - reserved.first - reserved.last;
  const at = (offset: number) => addressAt(range, reserved.first + (offset % count));
  const start = (await cursors.get(owner, owner))?.offset ?? 0;
  const offset = await freeOffset(records, owner, { start, count, at });
  if (offset === undefined) return undefined;
  const address = at(offset);
  await addresses.insert(owner, address, { interfaceId });
  await cursors.put(owner, owner, { offset: (offset % count) + 1 });
  return address;
}

/** The first offset from `start` on, all around, whose address is free. */
async function freeOffset(
  { addresses }: Addresses,
  owner: string,
  { start, count, at }: { start: number; count: number; at: (offset: number) => string },
): Promise<number | undefined> {
  const near = Math.min(PROBES, count);
  for (let i = 0; i < near; i++) if (!(await addresses.get(owner, at(start + i)))) return start + i;
  const used = new Set(await addresses.listIds(owner, {}));
  for (let i = near; i < count; i++) if (!used.has(at(start + i))) return start + i;
  return undefined;
}

/**
 * Takes the address of a block that the caller wants, in the caller's transaction.
 * @returns false when it is in use, or not one that is given out
 */
export async function takeThisAddress(
  { addresses }: Addresses,
  owner: string,
  block: string,
  address: { offset: number; text: string },
  interfaceId: string,
): Promise<boolean> {
  const last = blockSize(cidr(block)) - SUBNET_RESERVED.last;
  if (address.offset < SUBNET_RESERVED.first || address.offset >= last) return false;
  if (await addresses.get(owner, address.text)) return false;
  await addresses.insert(owner, address.text, { interfaceId });
  return true;
}

/**
 * Takes a free IPv6 address of a subnet, by chance as AWS does, in the caller's transaction. There always is one: no
 * subnet has as many interfaces as a /64 has addresses.
 */
export async function takeIpv6Address(
  { addresses }: Addresses,
  ids: Ids,
  subnetId: string,
  block: string,
  interfaceId: string,
): Promise<string> {
  const range = ipv6Cidr(block);
  const size = ipv6BlockSize(range);
  for (let offset = BigInt(`0x${ids.hex(32)}`) % size; ; offset = (offset + 1n) % size) {
    if (offset < SUBNET_RESERVED.first || offset >= size - BigInt(SUBNET_RESERVED.last)) continue;
    const address = formatIpv6(range.base + offset);
    if (await addresses.get(ipv6Owner(subnetId), address)) continue;
    await addresses.insert(ipv6Owner(subnetId), address, { interfaceId });
    return address;
  }
}

/** Gives an address back; nothing happens when it is not in use. */
export async function freeAddress({ addresses }: Pick<Ec2Collections, "addresses">, owner: string, address: string) {
  await addresses.delete(owner, address);
}

/** How many of a subnet's addresses can still be taken. */
export async function freeAddressCount(
  { addresses }: Pick<Ec2Collections, "addresses">,
  subnetId: string,
  block: string,
): Promise<number> {
  return blockSize(cidr(block)) - SUBNET_RESERVED.first - SUBNET_RESERVED.last - (await addresses.count(subnetId));
}
