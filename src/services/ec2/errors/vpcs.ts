import { AwsError } from "../../../base/errors.ts";

/* The errors of VPCs, subnets, DHCP options and network interfaces, in AWS's words. */

/** Instances of dedicated hardware are not what tasks run on. */
export function unsupportedTenancy(tenancy: string): AwsError {
  return new AwsError("UnsupportedTenancy", `The tenancy value ${tenancy} is not supported.`);
}

export function invalidVpcRange(block: string): AwsError {
  return new AwsError("InvalidVpc.Range", `The CIDR '${block}' is invalid.`);
}

export function restrictedVpcRange(block: string): AwsError {
  return new AwsError(
    "InvalidVpc.Range",
    `The CIDR '${block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html`,
  );
}

/** The block is one that the VPC, or a VPC that it is peered with, has in part or whole. */
export function overlappingVpcRange(block: string): AwsError {
  return new AwsError("InvalidVpc.Range", `The CIDR '${block}' overlaps with a CIDR that is in use.`);
}

export function tooManyVpcs(): AwsError {
  return new AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
}

export function tooManyCidrs(vpcId: string, limit: number): AwsError {
  return new AwsError(
    "CidrLimitExceeded",
    `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${limit}`,
  );
}

export function tooManySubnets(): AwsError {
  return new AwsError("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
}

/**
 * The range of a VPC or subnet is needed.
 * @param kind as AWS writes it: `vpc`, or `subnet IPv6`; @param reason as in `it is used by a subnet`
 */
export function cidrInUse(kind: string, associationId: string, reason: string): AwsError {
  return new AwsError(
    "InvalidCidrBlock.InUse",
    `The ${kind} CIDR block with association ID ${associationId} may not be disassociated, because ${reason}.`,
  );
}

export function primaryCidr(associationId: string): AwsError {
  return new AwsError(
    "OperationNotPermitted",
    `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
  );
}

export function vpcAssociationNotFound(associationId: string): AwsError {
  return new AwsError(
    "InvalidVpcCidrBlockAssociationID.NotFound",
    `The vpc CIDR block association ID '${associationId}' does not exist`,
  );
}

export function subnetAssociationNotFound(associationId: string): AwsError {
  return new AwsError(
    "InvalidSubnetCidrBlockAssociationID.NotFound",
    `The subnet CIDR block association ID '${associationId}' does not exist`,
  );
}

export function defaultVpcExists(): AwsError {
  return new AwsError("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
}

export function defaultVpcMissing(): AwsError {
  return new AwsError("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
}

export function defaultSubnetExists(subnetId: string, zoneName: string): AwsError {
  return new AwsError(
    "DefaultSubnetAlreadyExistsInAvailabilityZone",
    `'${subnetId}' is already the default subnet in ${zoneName}.`,
  );
}

export function invalidSubnetRange(block: string): AwsError {
  return new AwsError("InvalidSubnet.Range", `The CIDR '${block}' is invalid.`);
}

export function subnetConflict(block: string): AwsError {
  return new AwsError("InvalidSubnet.Conflict", `The CIDR '${block}' conflicts with another subnet`);
}

/** @param parameter `availabilityZone`, or `availabilityZoneId` */
export function zoneNotFound(zone: string, parameter: string, known: readonly string[]): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `Value (${zone}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${known.join(", ")}.`,
  );
}

/** The attachment is one of a load balancer, NAT gateway or endpoint. */
export function managedAttachment(): AwsError {
  return new AwsError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
}

export function interfaceInUse(interfaceId: string): AwsError {
  return new AwsError("InvalidParameterValue", `Network interface '${interfaceId}' is currently in use.`);
}

export function attachmentNotFound(attachmentId: string): AwsError {
  return new AwsError("InvalidAttachmentID.NotFound", `Attachment '${attachmentId}' does not exist`);
}
