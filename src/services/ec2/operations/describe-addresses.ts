import type { DescribeAddressesRequest, DescribeAddressesResult } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { elasticAddressView, selectedAddresses } from "../elastic-addresses.ts";
import type { ElasticAddressRecord } from "../records.ts";
import { filterRecords, type FilterValues } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
export function describeAddresses(ec2: Ec2) {
  return async (
    { AllocationIds, PublicIps, Filters }: DescribeAddressesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAddressesResult> => {
    const all = await ec2.records.elasticAddresses.list(scopeKey(scope));
    const named = selectedAddresses(all, AllocationIds, PublicIps);
    const found = filterRecords(named, Filters, filters(scope));
    return { Addresses: found.map((address) => elasticAddressView(address, scope)) };
  };
}

function filters({ account, region }: Scope): FilterValues<ElasticAddressRecord> {
  return {
    "allocation-id": (address) => [address.allocationId],
    "association-id": (address) => [address.associationId],
    domain: () => ["vpc"],
    "instance-id": () => [],
    "network-border-group": () => [region],
    "network-interface-id": (address) => [address.interfaceId],
    "network-interface-owner-id": (address) => (address.interfaceId === undefined ? [] : [account]),
    "private-ip-address": (address) => [address.privateIp],
    "public-ip": (address) => [address.publicIp],
  };
}
