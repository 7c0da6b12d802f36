import { AwsError } from "../../../base/errors.ts";

/* The errors of security groups and managed prefix lists, in AWS's words. */

/** The group exists, in a VPC that is neither the rule's nor peered with it. */
export function groupOfAnotherNetwork(): AwsError {
  return new AwsError("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");
}

/** Names of groups mean those of the default VPC alone. */
export function groupByNameInVpc(name: string): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `Invalid value '${name}' for groupName. You may not reference Amazon VPC security groups by name. Please use the corresponding id for this operation.`,
  );
}

/** @param given as in `a referenced group id`; @param present as in `IPv4 CIDR` */
export function peerKindChanged(given: string, present: string): AwsError {
  return new AwsError("InvalidParameterValue", `You may not specify ${given} for an existing ${present} rule.`);
}

export function tooManyGroups(): AwsError {
  return new AwsError("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");
}

export function groupNameNotFound(name: string, vpcId: string): AwsError {
  return new AwsError("InvalidGroup.NotFound", `The security group '${name}' does not exist in default VPC '${vpcId}'`);
}

export function duplicateGroup(name: string, vpcId: string): AwsError {
  return new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
}

export function reservedGroupName(): AwsError {
  return new AwsError("InvalidGroup.Reserved", "Cannot use reserved security group name: default");
}

export function cannotDeleteDefault(groupId: string): AwsError {
  return new AwsError("CannotDelete", `the specified group: "${groupId}" name: "default" cannot be deleted by a user`);
}

/** An interface has the group, or a rule of another group names it. */
export function dependencyViolation(id: string): AwsError {
  return new AwsError("DependencyViolation", `resource ${id} has a dependent object`);
}

/** @param rule as in `peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW` */
export function duplicatePermission(rule: string): AwsError {
  return new AwsError("InvalidPermission.Duplicate", `the specified rule "${rule}" already exists`);
}

export function permissionNotFound(): AwsError {
  return new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
}

export function tooManyRules(): AwsError {
  return new AwsError(
    "RulesPerSecurityGroupLimitExceeded",
    "The maximum number of rules per security group has been reached.",
  );
}

/* Prefix lists */

/** Somebody else has changed the list meanwhile. */
export function prefixListVersionMismatch(): AwsError {
  return new AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
}

export function prefixListVersionNotFound(): AwsError {
  return new AwsError("InvalidParameterValue", "The specified value for version is not valid.");
}

export function prefixListFull(): AwsError {
  return new AwsError(
    "PrefixListMaxEntriesExceeded",
    "You have reached the maximum number of entries for the prefix list.",
  );
}

export function prefixListSizeAndEntries(): AwsError {
  return new AwsError(
    "InvalidParameterCombination",
    "You cannot modify the entries and the maximum number of entries for the prefix list in the same request.",
  );
}
