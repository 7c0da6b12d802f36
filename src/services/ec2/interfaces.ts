import { ec2Id } from "../../base/ids.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { cidr, parseIpv4 } from "../../network/ipv4.ts";
import {
  freeAddress,
  ipv6Owner,
  POOL_RESERVED,
  PUBLIC,
  SUBNET_RESERVED,
  takeAddress,
  takeIpv6Address,
  takeThisAddress,
} from "./addresses.ts";
import { privateDnsName } from "./dns-names.ts";
import type { Ec2 } from "./ec2.ts";
import { insufficientAddresses, insufficientPublicAddresses, invalidParameterValue } from "./errors.ts";
import type { InterfaceRole, NetworkInterfaceRecord, SubnetRecord } from "./records.ts";

export interface InterfaceRequest {
  subnet: SubnetRecord;
  role: InterfaceRole;
  groupIds: string[];
  description: string;
  /** The address in the subnet; any free one unless told. */
  privateIp?: string;
  /** An address of the public pool that goes back with the interface, or an elastic one, which stays. */
  publicAddress?: "pool" | { publicIp: string; associationId: string; allocationId: string };
}

/**
 * Reserves an interface with its addresses, in the caller's transaction: all of it or nothing. `ec2.attach` makes it
 * real. A task's has an IPv6 address wherever the subnet has a range for it, as with ECS's account setting dualStackIPv6,
 * which is on unless it was switched off.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 * @throws AwsError InsufficientFreeAddressesInSubnet, InsufficientAddressCapacity, InvalidParameterValue for a private
 *   address that is not free
 */
export async function reserveInterface(
  ec2: Ec2,
  scope: Scope,
  { subnet, role, groupIds, description, privateIp: wanted, publicAddress }: InterfaceRequest,
): Promise<NetworkInterfaceRecord> {
  return await ec2.store.transaction(async () => {
    const { records, ids } = ec2;
    const { subnetId, vpcId, availabilityZone, availabilityZoneId, ipv6CidrBlock } = subnet;
    const interfaceId = ec2Id(ids, "eni");
    const privateIp = await takePrivateAddress(ec2, subnet, wanted, interfaceId);
    const record: NetworkInterfaceRecord = {
      interfaceId,
      vpcId,
      subnetId,
      availabilityZone,
      availabilityZoneId,
      role,
      privateIp,
      ...(ipv6CidrBlock && role === "task"
        ? { ipv6Address: await takeIpv6Address(records, ids, subnetId, ipv6CidrBlock.cidrBlock, interfaceId) }
        : {}),
      macAddress: `0a:${ids.hex(10).match(/../g)!.join(":")}`,
      privateDnsName: privateDnsName(privateIp, scope.region),
      ...(await publicMembers(ec2, publicAddress, interfaceId)),
      groupIds,
      description,
      attachmentId: ec2Id(ids, role === "task" ? "eni-attach" : "ela-attach"),
      tags: [],
    };
    await records.interfaces.insert(scopeKey(scope), interfaceId, record);
    return record;
  });
}

/**
 * Takes an interface off the host and gives its addresses back; may be repeated, and for one that never was attached. An
 * elastic address stays with its owner, associated with nothing.
 */
export async function releaseInterface(ec2: Ec2, scope: Scope, interfaceId: string): Promise<void> {
  const { records } = ec2;
  const key = scopeKey(scope);
  // Said before it is done, so that nothing brings the interface back meanwhile.
  const record = await records.interfaces.update(key, interfaceId, (now) => ({ ...now, detaching: true }));
  if (!record) return;
  await ec2.detach(record);
  const isUsed = await ec2.store.transaction(async () => {
    // As it is now: an elastic address may have come or gone meanwhile.
    const now = await records.interfaces.get(key, interfaceId);
    if (now) await forget(ec2, key, now);
    return await records.interfaces.has(key, { vpcId: record.vpcId });
  });
  if (!isUsed) ec2.collectVpc(scope, record.vpcId);
}

async function forget({ records }: Ec2, key: string, record: NetworkInterfaceRecord): Promise<void> {
  const { interfaceId, subnetId, privateIp, ipv6Address, publicIp, allocationId } = record;
  await records.interfaces.delete(key, interfaceId);
  await freeAddress(records, subnetId, privateIp);
  if (ipv6Address !== undefined) await freeAddress(records, ipv6Owner(subnetId), ipv6Address);
  if (allocationId !== undefined)
    await records.elasticAddresses.update(key, allocationId, (address) => {
      if (address.interfaceId !== interfaceId) return undefined;
      const { associationId: _association, interfaceId: _interface, privateIp: _private, ...free } = address;
      return free;
    });
  else if (publicIp !== undefined) await freeAddress(records, PUBLIC, publicIp);
}

async function takePrivateAddress(
  { records }: Ec2,
  { subnetId, cidrBlock }: SubnetRecord,
  wanted: string | undefined,
  interfaceId: string,
): Promise<string> {
  if (wanted === undefined) {
    const free = await takeAddress(records, subnetId, cidrBlock, SUBNET_RESERVED, interfaceId);
    if (free === undefined) throw insufficientAddresses(subnetId);
    return free;
  }
  const number = parseIpv4(wanted);
  if (number === undefined) throw invalidParameterValue(`invalid value for parameter address: ${wanted}`);
  const address = { offset: number - cidr(cidrBlock).base, text: wanted };
  if (!(await takeThisAddress(records, subnetId, cidrBlock, address, interfaceId)))
    throw invalidParameterValue(`Address ${wanted} is in use or does not fall within the subnet's address range`);
  return wanted;
}

/** What an interface's record says of its public address. */
async function publicMembers(ec2: Ec2, publicAddress: InterfaceRequest["publicAddress"], interfaceId: string) {
  if (publicAddress === undefined) return {};
  if (publicAddress !== "pool") {
    const { publicIp, associationId, allocationId } = publicAddress;
    return { publicIp, publicAssociationId: associationId, allocationId };
  }
  const publicIp = await takeAddress(ec2.records, PUBLIC, ec2.network.publicPool(), POOL_RESERVED, interfaceId);
  if (publicIp === undefined) throw insufficientPublicAddresses();
  return { publicIp, publicAssociationId: ec2Id(ec2.ids, "eipassoc") };
}
