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

/** The client token was used for another request. */
export function idempotentParameterMismatch(): AwsError {
  return new AwsError("IdempotentParameterMismatch", "The client token has been used before, with other parameters.");
}
