import type { CreateSubnetRequest, CreateSubnetResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { freeAddressCount } from "../addresses.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { existing } from "../existing.ts";
import type { SubnetRecord } from "../records.ts";
import { insertSubnet, requestedIpv6Block, requestedSubnetBlock, requestedZone } from "../subnets.ts";
import { specifiedTags } from "../tags.ts";
import { subnetView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export function createSubnet(ec2: Ec2) {
  return async (input: CreateSubnetRequest, { scope }: RequestContext): Promise<CreateSubnetResult> => {
    refuseUnsupported(input);
    const { CidrBlock, Ipv6CidrBlock } = input;
    if (CidrBlock === undefined) throw missingParameter("The request must contain the parameter CidrBlock");
    const tags = specifiedTags(input.TagSpecifications, "subnet");
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    const subnet = await ec2.store.transaction(async () => {
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", input.VpcId);
      const others = await ec2.records.subnets.list(key, { where: { vpcId: vpc.vpcId } });
      const { zoneName, zoneId } = requestedZone(scope.region, input, others);
      const cidrBlock = requestedSubnetBlock(vpc, others, CidrBlock);
      const record: SubnetRecord = {
        subnetId: ec2Id(ec2.ids, "subnet"),
        vpcId: vpc.vpcId,
        cidrBlock,
        ...(Ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock: requestedIpv6Block(ec2, vpc, others, Ipv6CidrBlock) }),
        availabilityZone: zoneName,
        availabilityZoneId: zoneId,
        defaultForAz: false,
        mapPublicIpOnLaunch: false,
        assignIpv6AddressOnCreation: false,
        tags,
      };
      await insertSubnet(ec2, key, record);
      return record;
    });
    await ec2.publishTopology(scope, subnet.vpcId);
    const available = await freeAddressCount(ec2.records, subnet.subnetId, subnet.cidrBlock);
    return { Subnet: subnetView(subnet, scope, available) };
  };
}

function refuseUnsupported(input: CreateSubnetRequest): void {
  if (input.Ipv6Native) throw unsupported("IPv6 only subnets");
  if (input.OutpostArn !== undefined) throw unsupported("Outposts");
  const { Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength } = input;
  if ([Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength].some((each) => each !== undefined))
    throw unsupported("IPAM pools");
}
