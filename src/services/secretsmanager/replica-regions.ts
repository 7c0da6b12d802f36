import type { ReplicaRegionType } from "@aws-sdk/client-secrets-manager";
import type { Scope } from "../../base/scope.ts";
import { invalidParameter } from "./errors.ts";
import type { ReplicaRecord } from "./records.ts";
import { customerKey } from "./values.ts";

/**
 * The copies that a request asks for, not yet made.
 * @throws AwsError InvalidParameterException for the secret's own Region, and for one that is named twice
 */
export function newReplicas(scope: Scope, regions: readonly ReplicaRegionType[]): ReplicaRecord[] {
  return regions.map(({ Region, KmsKeyId }, index) => {
    if (Region === undefined || Region === scope.region) throw invalidParameter("Invalid replica region.");
    if (regions.findIndex((other) => other.Region === Region) !== index)
      throw invalidParameter(`The Region ${Region} is specified more than once.`);
    const kmsKeyId = customerKey({ ...scope, region: Region }, KmsKeyId);
    return { region: Region, kmsKeyId, status: "Failed", statusMessage: "Replication has not started." };
  });
}
