import { parseArn } from "../../../base/arn.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import { inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { serviceNotFound } from "../errors.ts";
import type { ClusterRecord } from "../store.ts";
import type { ServiceRecord } from "./service-record.ts";

/** The name in a service reference: a name, `service/cluster/name` or the older `service/name` ARN. */
export function serviceName(reference: string): string {
  return (parseArn(reference)?.resource ?? reference).split("/").at(-1)!;
}

/** A service of a cluster in any status, or `undefined`. */
export async function lookUpService(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  reference: string,
): Promise<ServiceRecord | undefined> {
  if (!inScope(reference, scope)) return undefined;
  return await ecs.store.services.get(scopeKey(scope), `${cluster.clusterName}/${serviceName(reference)}`);
}

/** As {@link lookUpService}. @throws AwsError ServiceNotFoundException */
export async function findService(ecs: Ecs, scope: Scope, cluster: ClusterRecord, reference: string): Promise<ServiceRecord> {
  const service = await lookUpService(ecs, scope, cluster, reference);
  if (!service) throw serviceNotFound();
  return service;
}
