import type { Logger } from "../../base/log.ts";
import { cidr } from "../../network/ipv4.ts";
import { freeAddress, POOL_RESERVED, PUBLIC, takeAddress } from "./addresses.ts";
import type { Ec2 } from "./ec2.ts";
import { contains } from "./vpc-cidrs.ts";

/**
 * Gives what has a public address outside of the pool another one: elastic addresses that are kept, after the pool was
 * changed or was taken by another engine while this one was down. At the start, before anything is on the host.
 * @throws Error when the new pool is too small
 */
export async function movePublicAddresses(ec2: Ec2, log: Logger): Promise<void> {
  const { records, network } = ec2;
  const pool = network.publicPool();
  const isOurs = (address: string) => contains(cidr(pool), cidr(`${address}/32`));
  await ec2.store.transaction(async () => {
    for (const address of await records.addresses.listIds(PUBLIC, {})) {
      if (isOurs(address)) continue;
      const owner = await records.addresses.get(PUBLIC, address);
      const moved = await takeAddress(records, PUBLIC, pool, POOL_RESERVED, owner!.interfaceId);
      if (moved === undefined) throw new Error(`the public pool ${pool} is too small for the addresses in use`);
      await freeAddress(records, PUBLIC, address);
      await rename(ec2, address, moved);
      log.warn({ before: address, now: moved }, "a public address was moved to the new public pool");
    }
  });
}

/** Writes the new address wherever the old one stands. */
async function rename({ records }: Ec2, before: string, publicIp: string): Promise<void> {
  for (const collection of [records.elasticAddresses, records.interfaces, records.natGateways] as const) {
    const holders = await collection.listAll();
    for (const { scope, id, document } of holders)
      if (document.publicIp === before) await collection.put(scope, id, { ...document, publicIp } as never);
  }
}
