import type { ListClustersRequest, ListClustersResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html */
export function listClusters(ecs: Ecs) {
  return async (input: ListClustersRequest, { scope }: RequestContext): Promise<ListClustersResponse> => {
    const clusters = await ecs.store.clusters.list(scopeKey(scope), { where: { status: "ACTIVE" } });
    const { items, nextToken } = page(clusters, (cluster) => cluster.clusterName, input, 100);
    return { clusterArns: items.map((cluster) => cluster.clusterArn), nextToken };
  };
}
