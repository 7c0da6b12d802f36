import type { Route, RouteTable, RouteTableAssociation } from "@aws-sdk/client-ec2";
import type { Scope } from "../../base/scope.ts";
import type { RouteRecord, RouteTableRecord, RouteTargetRecord, VpcRecord } from "./records.ts";

/** A route table as the API shows it. @param isActive whether a route's target exists */
export function routeTableView(
  table: RouteTableRecord,
  vpc: VpcRecord,
  scope: Scope,
  isActive: (target: RouteTargetRecord) => boolean,
): RouteTable {
  return {
    RouteTableId: table.routeTableId,
    VpcId: table.vpcId,
    OwnerId: scope.account,
    Associations: table.associations.map(({ associationId, subnetId }): RouteTableAssociation => ({
      Main: subnetId === undefined,
      RouteTableAssociationId: associationId,
      RouteTableId: table.routeTableId,
      ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
      AssociationState: { State: "associated" },
    })),
    PropagatingVgws: [],
    Routes: [...localRoutes(vpc), ...table.routes.map((route) => routeView(route, isActive))],
    Tags: table.tags,
  };
}

function localRoutes(vpc: VpcRecord): Route[] {
  const local = { GatewayId: "local", Origin: "CreateRouteTable", State: "active" } as const;
  return [
    ...vpc.cidrBlocks.map(({ cidrBlock }): Route => ({ DestinationCidrBlock: cidrBlock, ...local })),
    ...vpc.ipv6CidrBlocks.map(({ cidrBlock }): Route => ({ DestinationIpv6CidrBlock: cidrBlock, ...local })),
  ];
}

function routeView({ destination, target }: RouteRecord, isActive: (target: RouteTargetRecord) => boolean): Route {
  return {
    ...destinationView(destination),
    ...targetView(target),
    Origin: "CreateRoute",
    State: isActive(target) ? "active" : "blackhole",
  };
}

function destinationView(destination: string): Route {
  if (destination.startsWith("pl-")) return { DestinationPrefixListId: destination };
  return destination.includes(":") ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };
}

function targetView(target: RouteTargetRecord): Route {
  if ("internetGatewayId" in target) return { GatewayId: target.internetGatewayId };
  if ("egressOnlyInternetGatewayId" in target)
    return { EgressOnlyInternetGatewayId: target.egressOnlyInternetGatewayId };
  if ("natGatewayId" in target) return { NatGatewayId: target.natGatewayId };
  return { VpcPeeringConnectionId: target.vpcPeeringConnectionId };
}
