import type {
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { egressOnlyGatewayView } from "../egress-only-gateways.ts";
import type { EgressOnlyInternetGatewayRecord } from "../records.ts";
import { filterRecords, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeEgressOnlyInternetGateways.html */
export function describeEgressOnlyInternetGateways(ec2: Ec2) {
  return async (
    input: DescribeEgressOnlyInternetGatewaysRequest,
    { scope }: RequestContext,
  ): Promise<DescribeEgressOnlyInternetGatewaysResult> => {
    const all = await ec2.records.egressOnlyGateways.list(scopeKey(scope));
    const named = recordsByIds(all, input.EgressOnlyInternetGatewayIds, "eigw", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, {}), input, idOf);
    return { EgressOnlyInternetGateways: items.map(egressOnlyGatewayView), NextToken };
  };
}

const idOf = (gateway: EgressOnlyInternetGatewayRecord) => gateway.gatewayId;
