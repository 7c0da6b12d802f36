import type {
  EgressOnlyInternetGatewayRecord,
  InternetGatewayRecord,
  NatGatewayRecord,
  PeeringRecord,
  RouteTargetRecord,
} from "./records.ts";

/** What the routes of a VPC can lead to, as it is now. */
export interface RouteTargets {
  natGateways: readonly NatGatewayRecord[];
  /** Those attached to the VPC. */
  gateways: readonly InternetGatewayRecord[];
  egressOnly: readonly EgressOnlyInternetGatewayRecord[];
  /** The active ones. */
  peerings: readonly PeeringRecord[];
}

/** Tells for a route's target whether the route is `active`; a `blackhole` otherwise. */
export function activeTargets(targets: RouteTargets): (target: RouteTargetRecord) => boolean {
  return (target) => {
    if ("internetGatewayId" in target)
      return targets.gateways.some((each) => each.internetGatewayId === target.internetGatewayId);
    if ("egressOnlyInternetGatewayId" in target)
      return targets.egressOnly.some((each) => each.gatewayId === target.egressOnlyInternetGatewayId);
    if ("vpcPeeringConnectionId" in target)
      return targets.peerings.some((each) => each.peeringId === target.vpcPeeringConnectionId);
    return targets.natGateways.some((each) => each.natGatewayId === target.natGatewayId && each.state === "available");
  };
}
