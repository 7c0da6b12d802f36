import type { DescribeRouteTablesRequest, DescribeRouteTablesResult, RouteTable } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import type { RouteTableRecord } from "../records.ts";
import { routeTableViews } from "../route-tables.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

type Shown = RouteTableRecord & { view: RouteTable };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export function describeRouteTables(ec2: Ec2) {
  return async (input: DescribeRouteTablesRequest, { scope }: RequestContext): Promise<DescribeRouteTablesResult> => {
    await ec2.ensureRegion(scope);
    const key = scopeKey(scope);
    const named = recordsByIds(await ec2.records.routeTables.list(key), input.RouteTableIds, "rtb", idOf);
    const views = await routeTableViews(ec2, scope, named);
    const shown = named.flatMap((table): Shown[] => {
      const view = views.get(table.routeTableId);
      return view ? [{ ...table, view }] : [];
    });
    const { items, NextToken } = page(filterRecords(shown, input.Filters, filters(scope.account)), input, idOf);
    return { RouteTables: items.map(({ view }) => view), NextToken };
  };
}

const idOf = (table: RouteTableRecord) => table.routeTableId;

function filters(account: string): FilterValues<Shown> {
  const routes = ({ view }: Shown) => view.Routes ?? [];
  const associations = ({ view }: Shown) => view.Associations ?? [];
  return {
    "association.main": (table) => associations(table).map((each) => each.Main),
    "association.route-table-association-id": (table) =>
      associations(table).map((each) => each.RouteTableAssociationId),
    "association.route-table-id": (table) => [table.routeTableId],
    "association.gateway-id": (table) => associations(table).map((each) => each.GatewayId),
    "association.subnet-id": (table) => associations(table).map((each) => each.SubnetId),
    "owner-id": () => [account],
    "route-table-id": (table) => [table.routeTableId],
    "route.destination-cidr-block": (table) => routes(table).map((route) => route.DestinationCidrBlock),
    "route.destination-ipv6-cidr-block": (table) => routes(table).map((route) => route.DestinationIpv6CidrBlock),
    "route.destination-prefix-list-id": (table) => routes(table).map((route) => route.DestinationPrefixListId),
    "route.egress-only-internet-gateway-id": (table) => routes(table).map((route) => route.EgressOnlyInternetGatewayId),
    "route.instance-id": () => [],
    "route.transit-gateway-id": () => [],
    "route.gateway-id": (table) => routes(table).map((route) => route.GatewayId),
    "route.nat-gateway-id": (table) => routes(table).map((route) => route.NatGatewayId),
    "route.origin": (table) => routes(table).map((route) => route.Origin),
    "route.state": (table) => routes(table).map((route) => route.State),
    "route.vpc-peering-connection-id": (table) => routes(table).map((route) => route.VpcPeeringConnectionId),
    "vpc-id": (table) => [table.vpcId],
  };
}
