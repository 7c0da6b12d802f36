import type { Failure } from "@aws-sdk/client-ecs";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { invalidParameter } from "./errors.ts";
import type { ClusterRecord } from "./store.ts";

/*
 * Container instances are machines of a customer's that run tasks of the EC2 and EXTERNAL launch types. Here tasks run on
 * Fargate: every account is one that has none, and is told so.
 */

/**
 * The failures for container instances that are asked for.
 * @param most how many may be asked for at once
 * @throws AwsError InvalidParameterException
 */
export function missingInstances(
  scope: Scope,
  cluster: ClusterRecord,
  references: readonly string[],
  most: number,
): Failure[] {
  if (!references.length) throw invalidParameter("Container instances cannot be empty.");
  if (references.length > most) throw invalidParameter(`Container instances cannot have more than ${most} elements`);
  return [...new Set(references)].map((reference) => ({
    arn: reference.startsWith("arn:")
      ? reference
      : formatArn("ecs", scope, `container-instance/${cluster.clusterName}/${reference}`),
    reason: "MISSING",
  }));
}
