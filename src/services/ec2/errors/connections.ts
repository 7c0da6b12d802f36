import { AwsError } from "../../../base/errors.ts";

/* The errors of peerings, VPC endpoints and flow logs, in AWS's words. */

export function operationNotPermitted(message: string): AwsError {
  return new AwsError("OperationNotPermitted", message);
}

/** @param from the status it has; @param to what the request wants it to be */
export function invalidPeeringTransition(peeringId: string, from: string, to: string): AwsError {
  return new AwsError(
    "InvalidStateTransition",
    `Invalid state transition for ${peeringId}, attempted to transition from ${from} to ${to}`,
  );
}

export function peeringExists(peeringId: string): AwsError {
  return new AwsError(
    "VpcPeeringConnectionAlreadyExists",
    `A VPC peering connection between the VPCs already exists: ${peeringId}`,
  );
}

export function serviceNotFound(serviceName: string): AwsError {
  return new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${serviceName}' does not exist`);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameter", message);
}

export function duplicateSubnetsInZone(subnetId: string): AwsError {
  return new AwsError(
    "DuplicateSubnetsInSameZone",
    `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
  );
}

export function conflictingDnsDomain(name: string, vpcId: string): AwsError {
  return invalidParameter(
    `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`,
  );
}

export function privateDnsNeedsAttributes(vpcId: string): AwsError {
  return invalidParameter(
    `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
  );
}

export function invalidPolicyDocument(message: string): AwsError {
  return new AwsError("InvalidPolicyDocument", message);
}

export function incorrectState(message: string): AwsError {
  return new AwsError("IncorrectState", message);
}

/** The role is not there, or does not trust `vpc-flow-logs.amazonaws.com`. */
export function unableToAssume(role: string): AwsError {
  return invalidParameter(`Unable to assume given IAM role: '${role}'`);
}

export function flowLogExists(): AwsError {
  return new AwsError(
    "FlowLogAlreadyExists",
    "Error. There is an existing Flow Log with the same configuration and log destination.",
  );
}

export function invalidLogFormat(format: string): AwsError {
  return new AwsError(
    "ValidationError",
    `1 validation error detected: Value '${format}' at 'logFormat' has an invalid format`,
  );
}

export function flowLogsNotFound(flowLogIds: readonly string[]): AwsError {
  return new AwsError(
    "InvalidFlowLogId.NotFound",
    `These flow log ids in the input list are not found: [TotalCount: ${flowLogIds.length}] ${flowLogIds.join(" ")}`,
  );
}

export function vpnGatewayNotFound(vpnGatewayId: string): AwsError {
  return new AwsError("InvalidVpnGatewayID.NotFound", `The vpnGateway ID '${vpnGatewayId}' does not exist`);
}
