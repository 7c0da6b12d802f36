import type {
  ClusterServiceConnectDefaultsRequest,
  UpdateClusterRequest,
  UpdateClusterResponse,
} from "@aws-sdk/client-ecs";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkClusterSettings } from "../cluster-settings.ts";
import { clusterView } from "../cluster-view.ts";
import { activeCluster } from "../clusters.ts";
import { defaultNamespace } from "../discovery/namespace.ts";
import type { Ecs } from "../ecs.ts";
import { checkClusterConfiguration } from "../exec/log-settings.ts";
import type { ClusterRecord } from "../store.ts";
import { refuseUnsupported } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html; services that run keep their namespace. */
export function updateCluster(ecs: Ecs) {
  return async (input: UpdateClusterRequest, { scope }: RequestContext): Promise<UpdateClusterResponse> => {
    refuseUnsupported(input, ["cluster", "settings", "configuration", "serviceConnectDefaults"]);
    checkClusterSettings(input.settings);
    checkClusterConfiguration(input.configuration);
    const cluster = await ecs.transaction(async () => {
      const found = await activeCluster(ecs, scope, input.cluster);
      const configured = input.configuration ? { ...found, configuration: input.configuration } : found;
      const changed = await withNamespace(ecs, scope, configured, input.serviceConnectDefaults);
      if (changed === found) return found;
      await ecs.store.clusters.put(scopeKey(scope), found.clusterName, changed);
      return changed;
    });
    return { cluster: await clusterView(ecs, scope, cluster, ["SETTINGS", "TAGS", "CONFIGURATIONS"]) };
  };
}

async function withNamespace(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  defaults: ClusterServiceConnectDefaultsRequest | undefined,
): Promise<ClusterRecord> {
  if (!defaults) return cluster;
  const { defaultNamespace: _before, ...rest } = cluster;
  const namespace = await defaultNamespace(ecs, scope, defaults.namespace ?? "");
  return namespace === undefined ? rest : { ...rest, defaultNamespace: namespace };
}
