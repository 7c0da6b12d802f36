import type { Failure } from "@aws-sdk/client-ecs";
import type { Scope } from "../../base/scope.ts";
import { arnNamed, checkNames } from "./named-resources.ts";
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
  return checkNames(references, "Container instances", most).map((name) => ({
    arn: arnNamed(scope, `container-instance/${cluster.clusterName}/`, name),
    reason: "MISSING",
  }));
}
