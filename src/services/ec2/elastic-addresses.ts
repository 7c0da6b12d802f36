import type { Address } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { blockSize, cidr, parseIpv4 } from "../../network/ipv4.ts";
import { POOL_RESERVED, PUBLIC, takeAddress } from "./addresses.ts";
import type { Ec2 } from "./ec2.ts";
import { insufficientPublicAddresses, notFound } from "./errors.ts";
import { addressNotFound, addressUnavailable } from "./errors/routing.ts";
import type { ElasticAddressRecord } from "./records.ts";

/** The name of the pool that AWS's own addresses come from. */
export const AMAZON_POOL = "amazon";

/** An elastic address as the API shows it. */
export function elasticAddressView(record: ElasticAddressRecord, scope: Scope): Address {
  const { allocationId, publicIp, associationId, interfaceId, privateIp, tags } = record;
  return {
    PublicIp: publicIp,
    AllocationId: allocationId,
    Domain: "vpc",
    PublicIpv4Pool: AMAZON_POOL,
    NetworkBorderGroup: scope.region,
    ...(associationId === undefined
      ? {}
      : {
          AssociationId: associationId,
          NetworkInterfaceId: interfaceId,
          NetworkInterfaceOwnerId: scope.account,
          PrivateIpAddress: privateIp,
        }),
    Tags: tags,
  };
}

/**
 * Takes an address of the public pool for an elastic one, in the caller's transaction.
 * @param wanted any free one unless told
 * @throws AwsError InvalidAddress.NotFound, InsufficientAddressCapacity
 */
export async function takeElasticAddress(ec2: Ec2, allocationId: string, wanted: string | undefined): Promise<string> {
  const { addresses } = ec2.records;
  const pool = ec2.network.publicPool();
  if (wanted === undefined) {
    const address = await takeAddress(ec2.records, PUBLIC, pool, POOL_RESERVED, allocationId);
    if (address === undefined) throw insufficientPublicAddresses();
    return address;
  }
  const range = cidr(pool);
  const offset = (parseIpv4(wanted) ?? -1) - range.base;
  const inPool = offset >= POOL_RESERVED.first && offset < blockSize(range) - POOL_RESERVED.last;
  if (!inPool || (await addresses.get(PUBLIC, wanted))) throw addressUnavailable(wanted);
  await addresses.insert(PUBLIC, wanted, { interfaceId: allocationId });
  return wanted;
}

/** An elastic address of the scope. @throws AwsError InvalidAllocationID.NotFound, also for what is no such id */
export async function elasticAddress(ec2: Ec2, scope: Scope, allocationId: string): Promise<ElasticAddressRecord> {
  const address = await ec2.records.elasticAddresses.get(scopeKey(scope), allocationId);
  if (!address) throw notFound("eipalloc", allocationId);
  return address;
}

/** The elastic addresses with the ids or the addresses asked for, or all of them. */
export function selectedAddresses(
  all: readonly ElasticAddressRecord[],
  allocationIds: readonly string[] | undefined,
  publicIps: readonly string[] | undefined,
): ElasticAddressRecord[] {
  const unknownId = allocationIds?.find((id) => !all.some((each) => each.allocationId === id));
  if (unknownId !== undefined) throw notFound("eipalloc", unknownId);
  const unknownIp = publicIps?.find((ip) => !all.some((each) => each.publicIp === ip));
  if (unknownIp !== undefined) throw addressNotFound(unknownIp);
  return all.filter(
    ({ allocationId, publicIp }) =>
      (!allocationIds?.length || allocationIds.includes(allocationId)) &&
      (!publicIps?.length || publicIps.includes(publicIp)),
  );
}
