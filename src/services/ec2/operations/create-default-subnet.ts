import type { CreateDefaultSubnetRequest, CreateDefaultSubnetResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { freeAddressCount } from "../addresses.ts";
import { defaultSubnet } from "../default-vpc.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { defaultSubnetExists, defaultVpcMissing, subnetConflict } from "../errors/vpcs.ts";
import { insertSubnet, requestedZone } from "../subnets.ts";
import { subnetView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
export function createDefaultSubnet(ec2: Ec2) {
  return async (
    { AvailabilityZone, AvailabilityZoneId, Ipv6Native }: CreateDefaultSubnetRequest,
    { scope }: RequestContext,
  ): Promise<CreateDefaultSubnetResult> => {
    if (Ipv6Native) throw unsupported("IPv6 only subnets");
    if (AvailabilityZone === undefined && AvailabilityZoneId === undefined)
      throw missingParameter("The request must contain the parameter AvailabilityZone");
    const key = scopeKey(scope);
    const zone = requestedZone(scope.region, { AvailabilityZone, AvailabilityZoneId }, []);
    const subnet = await ec2.store.transaction(async () => {
      const vpc = await ec2.defaultVpc(scope);
      if (!vpc) throw defaultVpcMissing();
      const subnets = await ec2.records.subnets.list(key, { where: { vpcId: vpc.vpcId } });
      const present = subnets.find((each) => each.defaultForAz && each.availabilityZone === zone.zoneName);
      if (present) throw defaultSubnetExists(present.subnetId, zone.zoneName);
      const record = await defaultSubnet(ec2.records, ec2.ids, key, vpc, zone);
      if (!record) throw subnetConflict(vpc.cidrBlocks[0]!.cidrBlock);
      await insertSubnet(ec2, key, record);
      return record;
    });
    await ec2.publishTopology(scope, subnet.vpcId);
    return {
      Subnet: subnetView(subnet, scope, await freeAddressCount(ec2.records, subnet.subnetId, subnet.cidrBlock)),
    };
  };
}
