import type { ReplaceRouteRequest } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Ec2 } from "./ec2.ts";
import { invalidParameterCombination, invalidParameterValue, missingParameter, notFound } from "./errors.ts";
import { noSuchResource, ofDifferentNetworks, targetInsideVpc } from "./errors/routing.ts";
import { requirePeering, statusNow } from "./peerings.ts";
import type { PeeringRecord, RouteTableRecord, RouteTargetRecord, VpcRecord } from "./records.ts";
import { type Destination, localPart } from "./route-destinations.ts";

/** What CreateRoute and ReplaceRoute say of a route's target. */
type TargetRequest = Omit<ReplaceRouteRequest, "RouteTableId" | "DryRun">;

/** The ways to name a target, as AWS's message lists them. */
const TARGETS = {
  gatewayId: "GatewayId",
  natGatewayId: "NatGatewayId",
  networkInterfaceId: "NetworkInterfaceId",
  vpcPeeringConnectionId: "VpcPeeringConnectionId",
  egressOnlyInternetGatewayId: "EgressOnlyInternetGatewayId",
  transitGatewayId: "TransitGatewayId",
  localGatewayId: "LocalGatewayId",
  carrierGatewayId: "CarrierGatewayId",
  vpcEndpointId: "VpcEndpointId",
  coreNetworkArn: "CoreNetworkArn",
  odbNetworkArn: "OdbNetworkArn",
  instanceId: "InstanceId",
} as const;

type TargetName = (typeof TARGETS)[keyof typeof TARGETS];

/** The kinds of target of which there is none here. */
const ABSENT: Partial<Record<TargetName, { code: string; text: (id: string) => string }>> = {
  NetworkInterfaceId: {
    code: "InvalidNetworkInterfaceID",
    text: (id) => `The networkInterface ID '${id}' does not exist`,
  },
  TransitGatewayId: {
    code: "InvalidTransitGatewayID",
    text: (id) => `Transit Gateway ${id} was deleted or does not exist.`,
  },
  LocalGatewayId: { code: "InvalidLocalGatewayID", text: (id) => `The local gateway ID '${id}' does not exist` },
  CarrierGatewayId: { code: "InvalidCarrierGatewayID", text: (id) => `The carrier gateway ID '${id}' does not exist` },
  VpcEndpointId: { code: "InvalidVpcEndpointId", text: (id) => `The Vpc Endpoint Id '${id}' does not exist` },
  CoreNetworkArn: { code: "InvalidCoreNetworkArn", text: (arn) => `The core network '${arn}' does not exist` },
  OdbNetworkArn: { code: "InvalidOdbNetworkArn", text: (arn) => `The ODB network '${arn}' does not exist` },
  InstanceId: { code: "InvalidInstanceID", text: (id) => `The instance ID '${id}' does not exist` },
};

/**
 * Where the route of a request shall lead, in the caller's transaction.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
 * @throws AwsError MissingParameter, InvalidParameterCombination, `Invalid….NotFound`, InvalidParameterValue for a target
 *   of another VPC or one that does not go with the destination
 */
export async function readTarget(
  ec2: Ec2,
  scope: Scope,
  { table, vpc, destination }: { table: RouteTableRecord; vpc: VpcRecord; destination: Destination },
  input: TargetRequest,
): Promise<RouteTargetRecord> {
  const { name, id } = namedTarget(input);
  const target = await findTarget(ec2, scope, table, name, id);
  if (localPart(vpc, destination) !== "outside") throw targetInsideVpc();
  if (destination.kind === "destination-cidr-block" && "egressOnlyInternetGatewayId" in target)
    throw invalidParameterValue(`Egress-only internet gateway ${id} can be the target of IPv6 routes only.`);
  if (destination.kind === "destination-ipv6-cidr-block" && "natGatewayId" in target)
    throw invalidParameterValue(`NAT gateway ${id} can be the target of IPv4 routes only.`);
  return target;
}

function namedTarget(input: TargetRequest): { name: TargetName; id: string } {
  const named = Object.values(TARGETS).flatMap((name) => {
    const id = input[name];
    return id === undefined ? [] : [{ name, id }];
  });
  const [target] = named;
  const names = Object.keys(TARGETS);
  const message = `The request must contain exactly one of ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  if (!target) throw missingParameter(message);
  if (named.length > 1) throw invalidParameterCombination(message);
  return target;
}

async function findTarget(
  ec2: Ec2,
  scope: Scope,
  { vpcId, routeTableId }: RouteTableRecord,
  name: TargetName,
  id: string,
): Promise<RouteTargetRecord> {
  const { records } = ec2;
  const key = scopeKey(scope);
  const sameNetwork = (is: string | undefined, what: string) => {
    if (is !== vpcId) throw ofDifferentNetworks(`route table ${routeTableId}`, `${what} ${id}`);
  };
  const absent = ABSENT[name];
  if (absent) throw noSuchResource(absent.code, absent.text(id));
  if (name === "GatewayId") {
    const gateway = await records.internetGateways.get(key, id);
    if (!gateway) throw noSuchResource("InvalidGatewayID", `The gateway ID '${id}' does not exist`);
    sameNetwork(gateway.vpcId, "network gateway");
    return { internetGatewayId: id };
  }
  if (name === "EgressOnlyInternetGatewayId") {
    const gateway = await records.egressOnlyGateways.get(key, id);
    if (!gateway) throw notFound("eigw", id);
    sameNetwork(gateway.vpcId, "network gateway");
    return { egressOnlyInternetGatewayId: id };
  }
  if (name === "NatGatewayId") {
    const gateway = await records.natGateways.get(key, id);
    if (!gateway || !["pending", "available"].includes(gateway.state))
      throw noSuchResource("InvalidNatGatewayID", `The natGateway ID '${id}' does not exist`);
    sameNetwork(gateway.vpcId, "NAT gateway");
    return { natGatewayId: id };
  }
  const peering = await routablePeering(ec2, scope, id);
  sameNetwork(
    [peering.requester.vpcId, peering.accepter.vpcId].find((side) => side === vpcId),
    "VPC peering connection",
  );
  return { vpcPeeringConnectionId: id };
}

/** A peering that waits to be accepted may be the target of a route, which is a blackhole until then. */
async function routablePeering(ec2: Ec2, scope: Scope, id: string): Promise<PeeringRecord> {
  const peering = await requirePeering(ec2, scope, id);
  if (!["active", "pending-acceptance"].includes(statusNow(peering, ec2.clock.now()))) throw notFound("pcx", id);
  return peering;
}
