import type { DescribeClustersRequest, DescribeClustersResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterView } from "../cluster-view.ts";
import { clusterName, DEFAULT_CLUSTER, inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";

const MAX_CLUSTERS = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
export function describeClusters(ecs: Ecs) {
  return async (input: DescribeClustersRequest, { scope }: RequestContext): Promise<DescribeClustersResponse> => {
    const names = input.clusters?.length ? input.clusters : [DEFAULT_CLUSTER];
    const { found, failures } = await lookUpEach(
      checkNames(names, "Clusters", MAX_CLUSTERS),
      { scope, path: "cluster/" },
      async (name) =>
        inScope(name, scope) ? await ecs.store.clusters.get(scopeKey(scope), clusterName(name)) : undefined,
      (cluster) => clusterView(ecs, scope, cluster, input.include ?? []),
    );
    return { clusters: found, failures };
  };
}
