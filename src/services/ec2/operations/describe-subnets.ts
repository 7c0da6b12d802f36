import type { DescribeSubnetsRequest, DescribeSubnetsResult } from "@aws-sdk/client-ec2";
import { formatArn } from "../../../base/arn.ts";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { freeAddressCount } from "../addresses.ts";
import type { Ec2 } from "../ec2.ts";
import type { SubnetRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";
import { subnetView } from "../views.ts";

type CountedSubnet = SubnetRecord & { available: number };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export function describeSubnets(ec2: Ec2) {
  return async (input: DescribeSubnetsRequest, { scope }: RequestContext): Promise<DescribeSubnetsResult> => {
    await ec2.ensureRegion(scope);
    const named = recordsByIds(await ec2.records.subnets.list(scopeKey(scope)), input.SubnetIds, "subnet", idOf);
    const counted = await Promise.all(
      named.map(async (subnet): Promise<CountedSubnet> => {
        const available = await freeAddressCount(ec2.records, subnet.subnetId, subnet.cidrBlock);
        return { ...subnet, available };
      }),
    );
    const { items, NextToken } = page(filterRecords(counted, input.Filters, filters(scope)), input, idOf);
    return { Subnets: items.map((subnet) => subnetView(subnet, scope, subnet.available)), NextToken };
  };
}

const idOf = (subnet: SubnetRecord) => subnet.subnetId;

function filters(scope: Scope): FilterValues<CountedSubnet> {
  const zone = (subnet: CountedSubnet) => [subnet.availabilityZone];
  const zoneId = (subnet: CountedSubnet) => [subnet.availabilityZoneId];
  const block = (subnet: CountedSubnet) => [subnet.cidrBlock];
  const isDefault = (subnet: CountedSubnet) => [subnet.defaultForAz];
  return {
    "availability-zone": zone,
    availabilityZone: zone,
    "availability-zone-id": zoneId,
    availabilityZoneId: zoneId,
    "available-ip-address-count": (subnet) => [subnet.available],
    cidr: block,
    "cidr-block": block,
    cidrBlock: block,
    "customer-owned-ipv4-pool": () => [],
    "default-for-az": isDefault,
    defaultForAz: isDefault,
    "enable-dns64": () => [false],
    "enable-lni-at-device-index": () => [],
    "ipv6-cidr-block-association.association-id": ({ ipv6CidrBlock }) => [ipv6CidrBlock?.associationId],
    "ipv6-cidr-block-association.ipv6-cidr-block": ({ ipv6CidrBlock }) => [ipv6CidrBlock?.cidrBlock],
    "ipv6-cidr-block-association.state": ({ ipv6CidrBlock }) => [ipv6CidrBlock && "associated"],
    "ipv6-native": () => [false],
    "map-customer-owned-ip-on-launch": () => [false],
    "map-public-ip-on-launch": (subnet) => [subnet.mapPublicIpOnLaunch],
    "outpost-arn": () => [],
    "owner-id": () => [scope.account],
    "private-dns-name-options-on-launch.hostname-type": () => ["ip-name"],
    "private-dns-name-options-on-launch.enable-resource-name-dns-a-record": () => [false],
    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record": () => [false],
    state: () => ["available"],
    "subnet-arn": (subnet) => [formatArn("ec2", scope, `subnet/${subnet.subnetId}`)],
    "subnet-id": (subnet) => [subnet.subnetId],
    "vpc-id": (subnet) => [subnet.vpcId],
  };
}
