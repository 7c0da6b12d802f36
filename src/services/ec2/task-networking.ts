import { scopeKey } from "../../base/scope.ts";
import type { ReservedInterface, TaskNetworking } from "../../tasks/ports.ts";
import { resolverSettings } from "./dhcp-options.ts";
import type { Ec2 } from "./ec2.ts";
import { notFound, subnetsOfDifferentVpcs } from "./errors.ts";
import { existing } from "./existing.ts";
import { releaseInterface, reserveInterface } from "./interfaces.ts";
import type { NetworkInterfaceRecord, SubnetRecord } from "./records.ts";
import { interfaceGroups } from "./security-groups.ts";

/** What tasks need of their VPC, on top of EC2's records and the data plane. */
export function taskNetworking(ec2: Ec2): TaskNetworking {
  const { records } = ec2;
  return {
    async checkPlacement(scope, { subnetIds, securityGroupIds }) {
      await ec2.ensureRegion(scope);
      const subnets: SubnetRecord[] = [];
      for (const id of subnetIds) subnets.push(await existing(records.subnets, scope, "subnet", id));
      const vpcIds = new Set(subnets.map((subnet) => subnet.vpcId));
      if (vpcIds.size !== 1) throw subnetsOfDifferentVpcs();
      const { vpcId } = subnets[0]!;
      await interfaceGroups(ec2, scope, vpcId, securityGroupIds, `subnet ${subnets[0]!.subnetId}`);
      return {
        vpcId,
        subnets: subnets.map(({ subnetId, availabilityZone }) => ({ subnetId, availabilityZone })),
      };
    },

    reserveInterface: (scope, { subnetId, securityGroupIds, assignPublicIp, description }) =>
      ec2.store.transaction(async () => {
        const subnet = await existing(records.subnets, scope, "subnet", subnetId);
        const groupIds = await interfaceGroups(ec2, scope, subnet.vpcId, securityGroupIds, `subnet ${subnetId}`);
        const publicAddress = assignPublicIp === "ENABLED" ? { publicAddress: "pool" as const } : {};
        const request = { subnet, role: "task" as const, groupIds, description, ...publicAddress };
        return reserved(await reserveInterface(ec2, scope, request));
      }),

    async attachInterface(scope, interfaceId, userNamespace) {
      const { record, networkNamespace } = await ec2.attach(scope, interfaceId, userNamespace);
      const vpc = await records.vpcs.get(scopeKey(scope), record.vpcId);
      if (!vpc) throw notFound("vpc", record.vpcId);
      const options = await records.dhcpOptions.get(scopeKey(scope), vpc.dhcpOptionsId);
      const { cidrBlock, ipv6CidrBlock } = await existing(records.subnets, scope, "subnet", record.subnetId);
      return {
        networkNamespace,
        subnetCidrBlock: cidrBlock,
        ...(ipv6CidrBlock === undefined ? {} : { subnetIpv6CidrBlock: ipv6CidrBlock.cidrBlock }),
        ...resolverSettings(vpc, options),
      };
    },

    releaseInterface: (scope, interfaceId) => releaseInterface(ec2, scope, interfaceId),
  };
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
