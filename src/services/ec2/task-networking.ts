import { scopeKey, type Scope } from "../../base/scope.ts";
import type { ReservedInterface, TaskNetworking } from "../../tasks/ports.ts";
import { resolverSettings } from "./dhcp-options.ts";
import type { Ec2 } from "./ec2.ts";
import { differentNetworks, notFound, subnetsOfDifferentVpcs } from "./errors.ts";
import { releaseInterface, reserveInterface } from "./interfaces.ts";
import { checkId } from "./resource-ids.ts";
import type { NetworkInterfaceRecord, SubnetRecord } from "./store.ts";

/** What tasks need of their VPC, on top of EC2's records and the data plane. */
export function taskNetworking(ec2: Ec2): TaskNetworking {
  const { records } = ec2;
  return {
    async checkPlacement(scope, { subnetIds, securityGroupIds }) {
      await ec2.ensureRegion(scope);
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
        const publicAddress = assignPublicIp === "ENABLED" ? { publicAddress: "pool" as const } : {};
        const request = { subnet, role: "task" as const, groupIds, description, ...publicAddress };
        return reserved(await reserveInterface(ec2, scope, request));
      }),

    async attachInterface(scope, interfaceId) {
      const { record, networkNamespace } = await ec2.attach(scope, interfaceId);
      const vpc = await records.vpcs.get(scopeKey(scope), record.vpcId);
      if (!vpc) throw notFound("vpc", record.vpcId);
      const options = await records.dhcpOptions.get(scopeKey(scope), vpc.dhcpOptionsId);
      return { networkNamespace, ...resolverSettings(vpc, options) };
    },

    releaseInterface: (scope, interfaceId) => releaseInterface(ec2, scope, interfaceId),
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

function reserved(record: NetworkInterfaceRecord): ReservedInterface {
  const { interfaceId, subnetId, availabilityZone, availabilityZoneId, vpcId } = record;
  const { privateIp, ipv6Address, macAddress, privateDnsName, publicIp } = record;
  return {
    interfaceId,
    subnetId,
    availabilityZone,
    availabilityZoneId,
    vpcId,
    privateIp,
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
    macAddress,
    privateDnsName,
    ...(publicIp === undefined ? {} : { publicIp }),
  };
}
