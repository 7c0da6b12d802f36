import { AwsError } from "../../base/errors.ts";

/*
 * The errors of EC2, in AWS's words: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * Clients match on the codes, and Terraform and CDK on some of the texts.
 */

/** What each kind of resource is called in errors: the prefix of its ids, its error code and its name in the text. */
const RESOURCES = {
  vpc: { code: "InvalidVpcID", text: (id: string) => `The vpc ID '${id}' does not exist` },
  subnet: { code: "InvalidSubnetID", text: (id: string) => `The subnet ID '${id}' does not exist` },
  sg: { code: "InvalidGroup", text: (id: string) => `The security group '${id}' does not exist` },
  sgr: {
    code: "InvalidSecurityGroupRuleId",
    text: (id: string) => `The security group rule ID '${id}' does not exist`,
  },
  eni: { code: "InvalidNetworkInterfaceID", text: (id: string) => `The networkInterface ID '${id}' does not exist` },
  rtb: { code: "InvalidRouteTableID", text: (id: string) => `The routeTable ID '${id}' does not exist` },
  igw: { code: "InvalidInternetGatewayID", text: (id: string) => `The internetGateway ID '${id}' does not exist` },
  eigw: {
    code: "InvalidGatewayID",
    text: (id: string) => `The eigw ID '${id}' does not exist`,
  },
  nat: { code: "NatGatewayNotFound", text: (id: string) => `The Nat Gateway ${id} was not found` },
  eipalloc: { code: "InvalidAllocationID", text: (id: string) => `The allocation ID '${id}' does not exist` },
  acl: { code: "InvalidNetworkAclID", text: (id: string) => `The networkAcl ID '${id}' does not exist` },
  dopt: { code: "InvalidDhcpOptionID", text: (id: string) => `The dhcpOption ID '${id}' does not exist` },
  pl: { code: "InvalidPrefixListID", text: (id: string) => `The prefix list ID '${id}' does not exist` },
  pcx: {
    code: "InvalidVpcPeeringConnectionID",
    text: (id: string) => `The vpcPeeringConnection ID '${id}' does not exist`,
  },
  vpce: { code: "InvalidVpcEndpointId", text: (id: string) => `The Vpc Endpoint Id '${id}' does not exist` },
  vol: { code: "InvalidVolume", text: (id: string) => `The volume '${id}' does not exist.` },
  fl: { code: "InvalidFlowLogId", text: (id: string) => `The flow log ID '${id}' does not exist` },
} as const;

/** The prefix of the ids of a kind of resource. */
export type IdPrefix = keyof typeof RESOURCES;

export function notFound(prefix: IdPrefix, id: string): AwsError {
  const { code, text } = RESOURCES[prefix];
  // Some codes of AWS have no second part.
  return new AwsError(code.endsWith("NotFound") ? code : `${code}.NotFound`, text(id));
}

/** Where the code of a malformed id is another than that of one that does not exist. */
const MALFORMED_CODES: Partial<Record<IdPrefix, string>> = {
  vol: "InvalidVolumeID",
  sg: "InvalidGroupId",
  dopt: "InvalidDhcpOptionsId",
};

/** The id is not of the form that such a resource has. */
export function malformed(prefix: IdPrefix, id: string): AwsError {
  if (prefix === "nat") return new AwsError("NatGatewayMalformed", `The Nat Gateway ${id} is malformed`);
  const code = MALFORMED_CODES[prefix] ?? RESOURCES[prefix].code;
  return new AwsError(`${code}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** An id that is of no kind of resource that can be tagged. */
export function invalidId(id: string): AwsError {
  return new AwsError("InvalidID", `The ID '${id}' is not valid`);
}

export function invalidParameterValue(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}

/** A task has the volume. */
export function volumeInUse(volumeId: string, taskArn: string): AwsError {
  return new AwsError("VolumeInUse", `Volume ${volumeId} is currently attached to ${taskArn}`);
}

export function missingParameter(message: string): AwsError {
  return new AwsError("MissingParameter", message);
}

/** A default VPC is needed, and the account has deleted it. */
export function noDefaultVpc(): AwsError {
  return new AwsError("VPCIdNotSpecified", "No default VPC for this user");
}

export function invalidFilter(name: string): AwsError {
  return invalidParameterValue(`The filter '${name}' is invalid`);
}

export function invalidNextToken(): AwsError {
  return new AwsError("InvalidNextToken", "The specified NextToken is not valid.");
}

/** What every request with `DryRun` gets that would have worked. */
export function dryRunOperation(): AwsError {
  return new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
}

export function tooManyTags(): AwsError {
  return new AwsError("TagLimitExceeded", "The maximum number of tags has been reached.");
}

export function insufficientAddresses(subnetId: string): AwsError {
  return new AwsError(
    "InsufficientFreeAddressesInSubnet",
    `The specified subnet does not have enough free addresses to satisfy the request: ${subnetId}`,
  );
}

/** The pool of public addresses is used up. */
export function insufficientPublicAddresses(): AwsError {
  return new AwsError("InsufficientAddressCapacity", "There are not enough public addresses to satisfy the request.");
}

/** @param place as in `subnet subnet-…` */
export function differentNetworks(groupId: string, place: string): AwsError {
  return new AwsError("InvalidParameter", `Security group ${groupId} and ${place} belong to different networks.`);
}

export function subnetsOfDifferentVpcs(): AwsError {
  return new AwsError("InvalidParameterValue", "Subnets must all be in the same VPC.");
}

/** Something that AWS has and that is not built. */
export function unsupported(what: string): AwsError {
  return new AwsError("UnsupportedOperation", `The functionality you requested is not available: ${what}.`);
}

export function invalidParameterCombination(message: string): AwsError {
  return new AwsError("InvalidParameterCombination", message);
}

/** @param parameter as AWS writes it: `cidrBlock` */
export function notCidr(text: string, parameter: string): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
  );
}

/** @param kind as AWS writes it: `vpc`, `routeTable`, `internetGateway`, `networkAcl` */
export function hasDependencies(kind: string, id: string): AwsError {
  return new AwsError("DependencyViolation", `The ${kind} '${id}' has dependencies and cannot be deleted.`);
}

/** The resource belongs to an AWS service, such as the interface of a NAT gateway or of a Fargate task. */
export function managedByService(): AwsError {
  return new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
}

export function instanceNotFound(instanceId: string): AwsError {
  return new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
}

/** The token was used before, with other parameters. */
export function idempotentParameterMismatch(): AwsError {
  return new AwsError(
    "IdempotentParameterMismatch",
    "The parameters of this request do not match those of the earlier request with the same client token.",
  );
}
