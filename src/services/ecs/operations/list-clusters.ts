import type { ListClustersRequest, ListClustersResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { pageOfIds } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html */
export function listClusters(ecs: Ecs) {
  return async (input: ListClustersRequest, { scope }: RequestContext): Promise<ListClustersResponse> => {
    const { items, nextToken } = await pageOfIds(
      (part) => ecs.store.clusters.listIds(scopeKey(scope), { status: "ACTIVE" }, part),
      input,
      { list: "ListClusters", size: 100 },
    );
    return { clusterArns: items.map((name) => formatArn("ecs", scope, `cluster/${name}`)), nextToken };
  };
}
