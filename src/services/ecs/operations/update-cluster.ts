import type { UpdateClusterRequest, UpdateClusterResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkClusterSettings } from "../cluster-settings.ts";
import { clusterView } from "../cluster-view.ts";
import { activeCluster } from "../clusters.ts";
import { defaultNamespace } from "../discovery/namespace.ts";
import type { Ecs } from "../ecs.ts";
import type { ClusterRecord } from "../store.ts";
import { refuseUnsupported } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html; services that run keep their namespace. */
export function updateCluster(ecs: Ecs) {
  return async (input: UpdateClusterRequest, { scope }: RequestContext): Promise<UpdateClusterResponse> => {
    refuseUnsupported(input, ["cluster", "settings", "serviceConnectDefaults"]);
    checkClusterSettings(input.settings);
    const cluster = await ecs.transaction(async () => {
      const found = await activeCluster(ecs, scope, input.cluster);
      if (!input.serviceConnectDefaults) return found;
      const { defaultNamespace: _before, ...rest } = found;
      const namespace = await defaultNamespace(ecs, scope, input.serviceConnectDefaults.namespace ?? "");
      const changed: ClusterRecord = namespace === undefined ? rest : { ...rest, defaultNamespace: namespace };
      await ecs.store.clusters.put(scopeKey(scope), found.clusterName, changed);
      return changed;
    });
    return { cluster: await clusterView(ecs, scope, cluster, ["SETTINGS", "TAGS"]) };
  };
}
