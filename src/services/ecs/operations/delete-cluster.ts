import type { DeleteClusterRequest, DeleteClusterResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import { UNFINISHED } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterView } from "../cluster-view.ts";
import { findCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clusterContainsServices, clusterContainsTasks } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html; services that drain do not hold it. */
export function deleteCluster(ecs: Ecs) {
  return async (input: DeleteClusterRequest, { scope }: RequestContext): Promise<DeleteClusterResponse> => {
    const cluster = await ecs.transaction(async () => {
      const found = await findCluster(ecs, scope, input.cluster);
      const where = { cluster: found.clusterArn };
      if (await ecs.store.services.count(scopeKey(scope), { ...where, status: "ACTIVE" }))
        throw clusterContainsServices();
      if (await ecs.engine.tasks.count(scope, { ...where, last_status: UNFINISHED })) throw clusterContainsTasks();
      const gone = { ...found, status: "INACTIVE" as const };
      await ecs.store.clusters.put(scopeKey(scope), found.clusterName, gone);
      return gone;
    });
    return { cluster: await clusterView(ecs, scope, cluster, ["SETTINGS"]) };
  };
}
