import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { invalidParameter } from "./errors.ts";

/** An ARN of another Region is of no resource here; one of another account is refused. */
function isHere(arn: { account: string; region: string }, scope: Scope): boolean {
  if (arn.account !== scope.account) throw invalidParameter("AccountIDs mismatch");
  return arn.region === scope.region;
}

/**
 * The name in a reference to a cluster or task definition: a name or an ARN.
 * @returns `undefined` when an ARN is of another Region or of another kind of resource
 * @throws AwsError InvalidParameterException
 */
export function nameIn(reference: string, type: "cluster" | "task-definition", scope: Scope): string | undefined {
  const arn = parseArn(reference);
  const path = (arn?.resource ?? reference).split("/");
  if (path.length > (arn ? 2 : 1)) throw invalidParameter("Invalid identifier: Unexpected number of separators");
  if (!arn) return reference;
  return isHere(arn, scope) && path[0] === type ? path[1] : undefined;
}

/**
 * What names a service or task in its cluster: a name or id, an ARN with the cluster, or the older ARN without it.
 * @returns `undefined` when an ARN is of another Region or of another kind of resource
 * @throws AwsError InvalidParameterException when it names another cluster or is not of these forms
 */
export function nameInCluster(
  reference: string,
  type: "service" | "task",
  clusterName: string,
  scope: Scope,
): string | undefined {
  const arn = parseArn(reference);
  const path = (arn?.resource ?? reference).split("/");
  const behindType = arn ? path.slice(1) : path;
  if (behindType.length < 1 || behindType.length > 2)
    throw invalidParameter("Invalid identifier: Unexpected number of separators");
  if (arn && (!isHere(arn, scope) || path[0] !== type)) return undefined;
  const [first, second] = behindType;
  if (second !== undefined && first !== clusterName)
    throw invalidParameter(`Invalid identifier: Identifier is for cluster ${first}. Your cluster is ${clusterName}`);
  return second ?? first;
}
