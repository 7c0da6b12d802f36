import { ec2Id } from "../../base/ids.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { addressAt, cidr } from "../../network/ipv4.ts";
import type { ReservedInterface, TaskNetworking } from "../../tasks/ports.ts";
import { freeAddress, POOL_RESERVED, PUBLIC, SUBNET_RESERVED, takeAddress } from "./addresses.ts";
import type { Ec2 } from "./ec2.ts";
import {
  differentNetworks,
  insufficientAddresses,
  insufficientPublicAddresses,
  notFound,
  subnetsOfDifferentVpcs,
} from "./errors.ts";
import { checkId } from "./resource-ids.ts";
import type { NetworkInterfaceRecord, SubnetRecord } from "./store.ts";
import { internalDomain } from "./zones.ts";

/** What tasks need of their VPC, on top of EC2's records and the data plane. */
export function taskNetworking(ec2: Ec2): TaskNetworking {
  const { records } = ec2;
  return {
    async checkPlacement(scope, { subnetIds, securityGroupIds }) {
      await ec2.defaultVpc(scope);
      const subnets: SubnetRecord[] = [];
      for (const id of subnetIds) subnets.push(await subnetOf(ec2, scope, id));
      const vpcIds = new Set(subnets.map((subnet) => subnet.vpcId));
      if (vpcIds.size !== 1) throw subnetsOfDifferentVpcs();
      await groupsOf(ec2, scope, subnets[0]!, securityGroupIds);
      return {
        vpcId: subnets[0]!.vpcId,
        subnets: subnets.map(({ subnetId, availabilityZone }) => ({ subnetId, availabilityZone })),
      };
    },

    reserveInterface: (scope, { subnetId, securityGroupIds, assignPublicIp, description }) =>
      ec2.store.transaction(async () => {
        const subnet = await subnetOf(ec2, scope, subnetId);
        const groupIds = await groupsOf(ec2, scope, subnet, securityGroupIds);
        const interfaceId = ec2Id(ec2.ids, "eni");
        const privateIp = await takeAddress(records, subnetId, subnet.cidrBlock, SUBNET_RESERVED, interfaceId);
        if (privateIp === undefined) throw insufficientAddresses(subnetId);
        const { availabilityZone, availabilityZoneId, vpcId } = subnet;
        const record: NetworkInterfaceRecord = {
          interfaceId,
          vpcId,
          subnetId,
          availabilityZone,
          availabilityZoneId,
          role: "task",
          privateIp,
          macAddress: `0a:${ec2.ids.hex(10).match(/../g)!.join(":")}`,
          privateDnsName: `ip-${privateIp.replaceAll(".", "-")}.${internalDomain(scope.region)}`,
          ...(assignPublicIp === "ENABLED" ? await publicAddress(ec2, interfaceId) : {}),
          groupIds,
          description,
          attachmentId: ec2Id(ec2.ids, "eni-attach"),
          tags: [],
        };
        await records.interfaces.insert(scopeKey(scope), interfaceId, record);
        return reserved(record);
      }),

    async attachInterface(scope, interfaceId) {
      const { record, networkNamespace } = await ec2.attach(scope, interfaceId);
      const vpc = await records.vpcs.get(scopeKey(scope), record.vpcId);
      if (!vpc) throw notFound("vpc", record.vpcId);
      return {
        networkNamespace,
        nameservers: [addressAt(cidr(vpc.cidrBlocks[0]!.cidrBlock), 2)],
        searchDomains: [internalDomain(scope.region)],
      };
    },

    async releaseInterface(scope, interfaceId) {
      const key = scopeKey(scope);
      const record = await records.interfaces.get(key, interfaceId);
      if (!record) return;
      await ec2.detach(record);
      const left = await ec2.store.transaction(async () => {
        await records.interfaces.delete(key, interfaceId);
        await freeAddress(records, record.subnetId, record.privateIp);
        if (record.publicIp !== undefined) await freeAddress(records, PUBLIC, record.publicIp);
        return await records.interfaces.count(key, { vpcId: record.vpcId });
      });
      if (!left) ec2.collectVpc(scope, record.vpcId);
    },
  };
}

async function subnetOf(ec2: Ec2, scope: Scope, subnetId: string): Promise<SubnetRecord> {
  checkId("subnet", subnetId);
  const subnet = await ec2.records.subnets.get(scopeKey(scope), subnetId);
  if (!subnet) throw notFound("subnet", subnetId);
  return subnet;
}

/** The groups of an interface in the subnet: those asked for, or the VPC's default group. */
async function groupsOf(ec2: Ec2, scope: Scope, subnet: SubnetRecord, groupIds: readonly string[]): Promise<string[]> {
  const { groups } = ec2.records;
  for (const groupId of groupIds) {
    checkId("sg", groupId);
    const group = await groups.get(scopeKey(scope), groupId);
    if (!group) throw notFound("sg", groupId);
    if (group.vpcId !== subnet.vpcId) throw differentNetworks(groupId, subnet.subnetId);
  }
  if (groupIds.length) return [...new Set(groupIds)];
  const all = await groups.list(scopeKey(scope), { where: { vpcId: subnet.vpcId } });
  return all.filter((group) => group.groupName === "default").map((group) => group.groupId);
}

async function publicAddress(ec2: Ec2, interfaceId: string) {
  const publicIp = await takeAddress(ec2.records, PUBLIC, ec2.network.publicPool(), POOL_RESERVED, interfaceId);
  if (publicIp === undefined) throw insufficientPublicAddresses();
  return { publicIp, publicAssociationId: ec2Id(ec2.ids, "eipassoc") };
}

function reserved(record: NetworkInterfaceRecord): ReservedInterface {
  const { interfaceId, subnetId, availabilityZone, availabilityZoneId, vpcId } = record;
  const { privateIp, macAddress, privateDnsName, publicIp } = record;
  return {
    interfaceId,
    subnetId,
    availabilityZone,
    availabilityZoneId,
    vpcId,
    privateIp,
    macAddress,
    privateDnsName,
    ...(publicIp === undefined ? {} : { publicIp }),
  };
}
