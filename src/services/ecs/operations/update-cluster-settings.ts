import type { UpdateClusterSettingsRequest, UpdateClusterSettingsResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { checkClusterSettings } from "../cluster-settings.ts";
import { clusterView } from "../cluster-view.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateClusterSettings.html; the one setting has the one value yet. */
export function updateClusterSettings(ecs: Ecs) {
  return async (
    { cluster, settings }: UpdateClusterSettingsRequest,
    { scope }: RequestContext,
  ): Promise<UpdateClusterSettingsResponse> => {
    const found = await activeCluster(ecs, scope, cluster);
    checkClusterSettings(settings);
    return { cluster: await clusterView(ecs, scope, found, ["SETTINGS", "TAGS"]) };
  };
}
