import type { DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { vpnGatewayNotFound } from "../errors/connections.ts";
import { filterRecords, type FilterValues } from "../select.ts";

/**
 * None: they cannot be made here. CDK asks for those of a VPC that it looks up.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnGateways.html
 */
export function describeVpnGateways() {
  return async (
    { VpnGatewayIds: [unknown] = [], Filters }: DescribeVpnGatewaysRequest,
    _context: RequestContext,
  ): Promise<DescribeVpnGatewaysResult> => {
    if (unknown !== undefined) throw vpnGatewayNotFound(unknown);
    filterRecords([], Filters, FILTERS);
    return { VpnGateways: [] };
  };
}

const none = () => [];

const FILTERS: FilterValues<{ tags: [] }> = {
  "amazon-side-asn": none,
  "attachment.state": none,
  "attachment.vpc-id": none,
  "availability-zone": none,
  state: none,
  type: none,
  "vpn-gateway-id": none,
};
