import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from "@aws-sdk/client-ecs";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import { UNFINISHED } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkCapacityProviders, checkDefaultStrategy } from "../capacity-providers.ts";
import { clusterView } from "../cluster-view.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { capacityProviderInUse } from "../errors.ts";
import { taskSetsOf } from "../service/task-sets/find.ts";
import type { ClusterRecord } from "../store.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html */
export function putClusterCapacityProviders(ecs: Ecs) {
  return async (
    input: PutClusterCapacityProvidersRequest,
    { scope }: RequestContext,
  ): Promise<PutClusterCapacityProvidersResponse> => {
    const cluster = await ecs.transaction(async () => {
      const found = await activeCluster(ecs, scope, input.cluster);
      const capacityProviders = checkCapacityProviders(input.capacityProviders!);
      const defaultStrategy = checkDefaultStrategy(input.defaultCapacityProviderStrategy!, capacityProviders);
      const removed = (found.capacityProviders ?? []).filter((name) => !capacityProviders.includes(name));
      if (removed.length && (await isAnyUsed(ecs, scope, found, removed))) throw capacityProviderInUse();
      const changed: ClusterRecord = { ...found, capacityProviders, defaultStrategy };
      await ecs.store.clusters.put(scopeKey(scope), found.clusterName, changed);
      return changed;
    });
    return { cluster: await clusterView(ecs, scope, cluster, ["SETTINGS", "TAGS"]) };
  };
}

/** Whether services have strategies with any of the capacity providers, or tasks run on them. */
async function isAnyUsed(
  ecs: Ecs,
  scope: Scope,
  { clusterArn }: ClusterRecord,
  names: readonly string[],
): Promise<boolean> {
  const services = await ecs.store.services.list(scopeKey(scope), { where: { cluster: clusterArn, status: "ACTIVE" } });
  const taskSets = (await Promise.all(services.map((service) => taskSetsOf(ecs, service)))).flat();
  const versions = [
    ...services.flatMap(({ deployments }) => deployments),
    ...taskSets.map(({ deployment }) => deployment),
  ];
  const strategies = versions.flatMap(({ strategy = [] }) => strategy);
  if (strategies.some(({ capacityProvider }) => names.includes(capacityProvider))) return true;
  const tasks = await ecs.engine.tasks.list(scope, { where: { cluster: clusterArn, last_status: UNFINISHED } });
  return tasks.some(({ capacityProvider }) => capacityProvider !== undefined && names.includes(capacityProvider));
}
