import type { DescribeRouteTablesRequest, DescribeRouteTablesResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { filterRecords, page, recordsByIds, type FilterValues } from "../select.ts";
import type { RouteTableRecord } from "../store.ts";
import { routeTableView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export function describeRouteTables(ec2: Ec2) {
  return async (input: DescribeRouteTablesRequest, { scope }: RequestContext): Promise<DescribeRouteTablesResult> => {
    await ec2.defaultVpc(scope);
    const key = scopeKey(scope);
    const vpcs = await ec2.records.vpcs.list(key);
    const blocks = new Map(vpcs.map((vpc) => [vpc.vpcId, vpc.cidrBlock]));
    const blockOf = (table: RouteTableRecord) => blocks.get(table.vpcId) ?? "";
    const named = recordsByIds(await ec2.records.routeTables.list(key), input.RouteTableIds, "rtb", idOf);
    const filtered = filterRecords(named, input.Filters, filters(scope.account, blockOf));
    const { items, NextToken } = page(filtered, input, idOf);
    return { RouteTables: items.map((table) => routeTableView(table, blockOf(table), scope)), NextToken };
  };
}

const idOf = (table: RouteTableRecord) => table.routeTableId;

function filters(account: string, blockOf: (table: RouteTableRecord) => string): FilterValues<RouteTableRecord> {
  return {
    "association.main": () => [true],
    "association.route-table-association-id": (table) => [table.associationId],
    "association.route-table-id": (table) => [table.routeTableId],
    "association.gateway-id": () => [],
    "association.subnet-id": () => [], // the subnets of the default VPC use the main table without saying so
    "owner-id": () => [account],
    "route-table-id": (table) => [table.routeTableId],
    "route.destination-cidr-block": (table) => [blockOf(table), "0.0.0.0/0"],
    "route.gateway-id": (table) => ["local", table.internetGatewayId],
    "route.nat-gateway-id": () => [],
    "route.origin": () => ["CreateRouteTable", "CreateRoute"],
    "route.state": () => ["active"],
    "vpc-id": (table) => [table.vpcId],
  };
}
