import { type Scope, scopeKey } from "../../base/scope.ts";
import { cidr, parseIpv4 } from "../../network/ipv4.ts";
import type { Ec2 } from "./ec2.ts";
import { existing } from "./existing.ts";
import { reserveInterface } from "./interfaces.ts";
import { prefixListEntries } from "./prefix-lists.ts";
import type { NetworkInterfaceRecord, RuleRecord, SubnetRecord } from "./records.ts";
import { interfaceGroups } from "./security-groups.ts";
import { contains } from "./vpc-cidrs.ts";

/* What EFS needs of a VPC. */

/** @throws AwsError InvalidSubnetID.NotFound */
export async function subnetOf(ec2: Ec2, scope: Scope, subnetId: string): Promise<SubnetRecord> {
  await ec2.ensureRegion(scope);
  return await existing(ec2.records.subnets, scope, "subnet", subnetId);
}

/** Whether an address is one of the subnet's. */
export function isInSubnet({ cidrBlock }: SubnetRecord, address: string): boolean {
  return isIn(cidrBlock, address);
}

/**
 * Reserves the interface of a mount target, in the caller's transaction; `ec2.attach` makes it real.
 * @param request without groups it has the VPC's default group
 * @throws AwsError InvalidGroup.NotFound, InvalidParameter, InsufficientFreeAddressesInSubnet, InvalidParameterValue for
 *   an address that is not free
 */
export async function reserveMountTargetInterface(
  ec2: Ec2,
  scope: Scope,
  subnet: SubnetRecord,
  request: { groupIds: readonly string[]; privateIp: string | undefined; description: string },
): Promise<NetworkInterfaceRecord> {
  const { subnetId, vpcId } = subnet;
  const groupIds = await interfaceGroups(ec2, scope, vpcId, request.groupIds, `subnet ${subnetId}`);
  return await reserveInterface(ec2, scope, {
    subnet,
    role: "efs",
    groupIds,
    description: request.description,
    ...(request.privateIp === undefined ? {} : { privateIp: request.privateIp }),
  });
}

/** The groups of an interface. */
export async function groupsOfInterface(ec2: Ec2, scope: Scope, interfaceId: string): Promise<string[]> {
  return (await existing(ec2.records.interfaces, scope, "eni", interfaceId)).groupIds;
}

/**
 * Gives an interface other groups; resolves when the data plane has them.
 * @throws AwsError InvalidGroup.NotFound, InvalidParameter
 */
export async function regroupInterface(
  ec2: Ec2,
  scope: Scope,
  interfaceId: string,
  groupIds: readonly string[],
): Promise<void> {
  const vpcId = await ec2.store.transaction(async () => {
    const found = await existing(ec2.records.interfaces, scope, "eni", interfaceId);
    const groups = await interfaceGroups(ec2, scope, found.vpcId, groupIds, `subnet ${found.subnetId}`);
    await ec2.records.interfaces.put(scopeKey(scope), interfaceId, { ...found, groupIds: groups });
    return found.vpcId;
  });
  await ec2.publishInterfaces(scope, vpcId);
}

/** Whether security groups let one interface of a VPC open TCP connections to a port of another. */
export async function allowsTcp(
  ec2: Ec2,
  scope: Scope,
  { from, to, port }: { from: string; to: string; port: number },
): Promise<boolean> {
  const sender = await existing(ec2.records.interfaces, scope, "eni", from);
  const receiver = await existing(ec2.records.interfaces, scope, "eni", to);
  return (
    (await letsThrough(ec2, scope, sender.groupIds, true, receiver, port)) &&
    (await letsThrough(ec2, scope, receiver.groupIds, false, sender, port))
  );
}

/** Whether a rule of the groups, in one direction, allows TCP with a peer. */
async function letsThrough(
  ec2: Ec2,
  scope: Scope,
  groupIds: readonly string[],
  isEgress: boolean,
  peer: NetworkInterfaceRecord,
  port: number,
): Promise<boolean> {
  const key = scopeKey(scope);
  const groups = await Promise.all(groupIds.map((id) => ec2.records.groups.get(key, id)));
  const lists = await ec2.records.prefixLists.list(key);
  const inCidr = (text: string) => text.includes(".") && isIn(text, peer.privateIp);
  const namesPeer = (rule: RuleRecord): boolean => {
    if ("groupId" in rule.peer) return peer.groupIds.includes(rule.peer.groupId);
    if ("cidrIpv4" in rule.peer) return inCidr(rule.peer.cidrIpv4);
    if ("cidrIpv6" in rule.peer) return false;
    const { prefixListId } = rule.peer;
    const list = lists.find((each) => each.prefixListId === prefixListId);
    return list !== undefined && prefixListEntries(list).some((entry) => inCidr(entry.cidr));
  };
  const coversPort = ({ protocol, fromPort, toPort }: RuleRecord) =>
    protocol === "-1" || (protocol === "tcp" && fromPort <= port && port <= toPort);
  return groups.some((group) =>
    group?.rules.some((rule) => rule.isEgress === isEgress && coversPort(rule) && namesPeer(rule)),
  );
}

function isIn(block: string, address: string): boolean {
  const base = parseIpv4(address);
  return base !== undefined && contains(cidr(block), { base, prefix: 32 });
}
