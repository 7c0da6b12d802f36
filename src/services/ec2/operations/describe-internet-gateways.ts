import type { DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import type { InternetGatewayRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";
import { internetGatewayView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export function describeInternetGateways(ec2: Ec2) {
  return async (
    input: DescribeInternetGatewaysRequest,
    { scope }: RequestContext,
  ): Promise<DescribeInternetGatewaysResult> => {
    await ec2.ensureRegion(scope);
    const all = await ec2.records.internetGateways.list(scopeKey(scope));
    const named = recordsByIds(all, input.InternetGatewayIds, "igw", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account)), input, idOf);
    return { InternetGateways: items.map((gateway) => internetGatewayView(gateway, scope)), NextToken };
  };
}

const idOf = (gateway: InternetGatewayRecord) => gateway.internetGatewayId;

function filters(account: string): FilterValues<InternetGatewayRecord> {
  return {
    "attachment.state": (gateway) => (gateway.vpcId === undefined ? [] : ["available"]),
    "attachment.vpc-id": (gateway) => [gateway.vpcId],
    "internet-gateway-id": (gateway) => [gateway.internetGatewayId],
    "owner-id": () => [account],
  };
}
