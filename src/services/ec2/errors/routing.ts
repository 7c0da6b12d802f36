import { AwsError } from "../../../base/errors.ts";
import { invalidParameterValue, missingParameter } from "../errors.ts";

/* The errors of route tables, gateways, elastic addresses and network ACLs, in AWS's words. */

export function associationNotFound(associationId: string): AwsError {
  return new AwsError("InvalidAssociationID.NotFound", `The association ID '${associationId}' does not exist`);
}

/** Two resources, as in `route table rtb-…`, are not of one VPC. */
export function ofDifferentNetworks(one: string, other: string): AwsError {
  return invalidParameterValue(`${one} and ${other} belong to different networks`);
}

/* Route tables */

export function tooManyRouteTables(): AwsError {
  return new AwsError("RouteTableLimitExceeded", "The maximum number of route tables has been reached.");
}

export function tooManyRoutes(): AwsError {
  return new AwsError("RouteLimitExceeded", "The maximum number of routes has been reached.");
}

export function routeTableConflict(routeTableId: string): AwsError {
  return new AwsError(
    "Resource.AlreadyAssociated",
    `the specified association for route table ${routeTableId} conflicts with an existing association`,
  );
}

export function mainAssociationStays(associationId: string): AwsError {
  return invalidParameterValue(`cannot disassociate the main route table association ${associationId}`);
}

export function routeExists(destination: string): AwsError {
  return new AwsError("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
}

/** @param kind AWS's member: `destination-cidr-block` */
export function routeNotFound(kind: string, destination: string, routeTableId: string): AwsError {
  return new AwsError("InvalidRoute.NotFound", `no route with ${kind} ${destination} in route table ${routeTableId}`);
}

export function noRouteToReplace(destination: string): AwsError {
  return invalidParameterValue(
    `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
  );
}

export function localRouteStays(destination: string, routeTableId: string): AwsError {
  return invalidParameterValue(`cannot remove local route ${destination} in route table ${routeTableId}`);
}

/** A route inside of the VPC's own ranges leads to something that cannot be in the middle of its traffic. */
export function targetInsideVpc(): AwsError {
  return invalidParameterValue(
    "Route target is not supported. This route only supports interface and instance targets.",
  );
}

/** For resources of kinds that there are none of here, and ids with a text of their own. @param code `InvalidGatewayID` */
export function noSuchResource(code: string, message: string): AwsError {
  return new AwsError(`${code}.NotFound`, message);
}

/* Internet gateways */

export function gatewayAttachedElsewhere(gatewayId: string, vpcId: string): AwsError {
  return new AwsError("Resource.AlreadyAssociated", `resource ${gatewayId} is already attached to network ${vpcId}`);
}

export function secondGateway(vpcId: string): AwsError {
  return invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
}

export function gatewayNotAttached(gatewayId: string, vpcId: string): AwsError {
  return new AwsError("Gateway.NotAttached", `resource ${gatewayId} is not attached to network ${vpcId}`);
}

export function mappedAddresses(vpcId: string): AwsError {
  return new AwsError(
    "DependencyViolation",
    `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  );
}

/* NAT gateways */

export function missingAllocation(): AwsError {
  return missingParameter(
    "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
  );
}

export function tooManyNatGateways(limit: number): AwsError {
  return new AwsError(
    "NatGatewayLimitExceeded",
    `Performing this operation would exceed the limit of ${limit} NAT gateways`,
  );
}

/* Elastic addresses */

export function tooManyAddresses(): AwsError {
  return new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
}

export function addressUnavailable(address: string): AwsError {
  return new AwsError(
    "InvalidAddress.NotFound",
    `The Elastic IP address '${address}' does not exist or is not available.`,
  );
}

export function addressNotFound(address: string): AwsError {
  return new AwsError("InvalidAddress.NotFound", `Address '${address}' not found.`);
}

/* Network ACLs */

export function tooManyNetworkAcls(): AwsError {
  return new AwsError("NetworkAclLimitExceeded", "The maximum number of network acls has been reached.");
}

export function tooManyAclEntries(): AwsError {
  return new AwsError("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.");
}

export function aclEntryExists(ruleNumber: number): AwsError {
  return new AwsError(
    "NetworkAclEntryAlreadyExists",
    `The network acl entry identified by ${ruleNumber} already exists.`,
  );
}

export function aclEntryNotFound(ruleNumber: number, egress: boolean, networkAclId: string): AwsError {
  return new AwsError(
    "InvalidNetworkAclEntry.NotFound",
    `no ${egress ? "egress" : "ingress"} entry with number ${ruleNumber} in network ACL ${networkAclId}`,
  );
}

export function defaultAclStays(networkAclId: string): AwsError {
  return invalidParameterValue(`cannot delete default network ACL ${networkAclId}`);
}
