import type { DescribeVpcsRequest, DescribeVpcsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import type { VpcRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";
import { AMAZON_IPV6_POOL, vpcView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export function describeVpcs(ec2: Ec2) {
  return async (input: DescribeVpcsRequest, { scope }: RequestContext): Promise<DescribeVpcsResult> => {
    await ec2.ensureRegion(scope);
    const named = recordsByIds(await ec2.records.vpcs.list(scopeKey(scope)), input.VpcIds, "vpc", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account)), input, idOf);
    return { Vpcs: items.map((vpc) => vpcView(vpc, scope)), NextToken };
  };
}

const idOf = (vpc: VpcRecord) => vpc.vpcId;

function filters(account: string): FilterValues<VpcRecord> {
  return {
    cidr: (vpc) => [vpc.cidrBlocks[0]?.cidrBlock],
    "cidr-block-association.association-id": (vpc) => vpc.cidrBlocks.map((each) => each.associationId),
    "cidr-block-association.cidr-block": (vpc) => vpc.cidrBlocks.map((each) => each.cidrBlock),
    "cidr-block-association.state": () => ["associated"],
    cidrBlock: (vpc) => [vpc.cidrBlocks[0]?.cidrBlock],
    "dhcp-options-id": (vpc) => [vpc.dhcpOptionsId],
    dhcpOptionsId: (vpc) => [vpc.dhcpOptionsId],
    "ipv6-cidr-block-association.association-id": (vpc) => vpc.ipv6CidrBlocks.map((each) => each.associationId),
    "ipv6-cidr-block-association.ipv6-cidr-block": (vpc) => vpc.ipv6CidrBlocks.map((each) => each.cidrBlock),
    "ipv6-cidr-block-association.ipv6-pool": (vpc) => vpc.ipv6CidrBlocks.map(() => AMAZON_IPV6_POOL),
    "ipv6-cidr-block-association.state": (vpc) => vpc.ipv6CidrBlocks.map(() => "associated"),
    "is-default": (vpc) => [vpc.isDefault],
    isDefault: (vpc) => [vpc.isDefault],
    "owner-id": () => [account],
    state: () => ["available"],
    "vpc-id": (vpc) => [vpc.vpcId],
  };
}
