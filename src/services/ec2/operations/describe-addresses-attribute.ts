import type { DescribeAddressesAttributeRequest, DescribeAddressesAttributeResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { selectedAddresses } from "../elastic-addresses.ts";
import { page } from "../select.ts";

/** No address has a name of its own. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html */
export function describeAddressesAttribute(ec2: Ec2) {
  return async (
    input: DescribeAddressesAttributeRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAddressesAttributeResult> => {
    const all = await ec2.records.elasticAddresses.list(scopeKey(scope));
    const named = selectedAddresses(all, input.AllocationIds, undefined);
    const { items, NextToken } = page(named, input, (address) => address.allocationId);
    return {
      Addresses: items.map(({ publicIp, allocationId }) => ({ PublicIp: publicIp, AllocationId: allocationId })),
      NextToken,
    };
  };
}
