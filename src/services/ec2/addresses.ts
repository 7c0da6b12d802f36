import { addressAt, blockSize, cidr } from "../../network/ipv4.ts";
import type { Ec2Collections } from "./store.ts";

/** Which offsets of a block are never given out. */
export interface Reserved {
  first: number;
  last: number;
}

/** AWS keeps a subnet's first four addresses and its last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const SUBNET_RESERVED: Reserved = { first: 4, last: 1 };
/** The network's address and the broadcast address. */
export const POOL_RESERVED: Reserved = { first: 1, last: 1 };
/** The scope of public addresses: one pool for all accounts and Regions. */
export const PUBLIC = "public";

/**
 * Takes a free address of a block, in the caller's transaction, going on behind the one taken last.
 * @param owner the scope of the block's addresses: a subnet's id or {@link PUBLIC}
 * @returns `undefined` when all are in use
 */
export async function takeAddress(
  { addresses, cursors }: Pick<Ec2Collections, "addresses" | "cursors">,
  owner: string,
  block: string,
  reserved: Reserved,
  interfaceId: string,
): Promise<string | undefined> {
  const range = cidr(block);
  const count = blockSize(range) - reserved.first - reserved.last;
  const start = (await cursors.get(owner, owner))?.offset ?? 0;
  for (let i = 0; i < count; i++) {
    const offset = (start + i) % count;
    const address = addressAt(range, reserved.first + offset);
    if (await addresses.get(owner, address)) continue;
    await addresses.insert(owner, address, { interfaceId });
    await cursors.put(owner, owner, { offset: offset + 1 });
    return address;
  }
  return undefined;
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
