import type { Cluster, DescribeClustersRequest, DescribeClustersResponse, Failure } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterView } from "../cluster-view.ts";
import { clusterName, DEFAULT_CLUSTER, inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";

const MAX_CLUSTERS = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
export function describeClusters(ecs: Ecs) {
  return async (input: DescribeClustersRequest, { scope }: RequestContext): Promise<DescribeClustersResponse> => {
    const references = new Set(input.clusters?.length ? input.clusters : [DEFAULT_CLUSTER]);
    if (references.size > MAX_CLUSTERS)
      throw invalidParameter(`Clusters cannot have more than ${MAX_CLUSTERS} elements`);
    const clusters: Cluster[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const name = clusterName(reference);
      const found = inScope(reference, scope) ? await ecs.store.clusters.get(scopeKey(scope), name) : undefined;
      if (found) clusters.push(await clusterView(ecs, scope, found, input.include ?? []));
      else
        failures.push({
          arn: reference.startsWith("arn:") ? reference : formatArn("ecs", scope, `cluster/${name}`),
          reason: "MISSING",
        });
    }
    return { clusters, failures };
  };
}
