import type { DescribeNatGatewaysRequest, DescribeNatGatewaysResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { natGatewayView } from "../nat-gateway-view.ts";
import type { NatGatewayRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html */
export function describeNatGateways(ec2: Ec2) {
  return async (input: DescribeNatGatewaysRequest, { scope }: RequestContext): Promise<DescribeNatGatewaysResult> => {
    const all = await ec2.records.natGateways.list(scopeKey(scope));
    const named = recordsByIds(all, input.NatGatewayIds, "nat", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filter, filters), input, idOf);
    return { NatGateways: items.map(natGatewayView), NextToken };
  };
}

const idOf = (gateway: NatGatewayRecord) => gateway.natGatewayId;

const filters: FilterValues<NatGatewayRecord> = {
  "nat-gateway-id": (gateway) => [gateway.natGatewayId],
  state: (gateway) => [gateway.state],
  "subnet-id": (gateway) => [gateway.subnetId],
  "vpc-id": (gateway) => [gateway.vpcId],
};
