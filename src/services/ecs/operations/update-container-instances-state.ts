import type { UpdateContainerInstancesStateRequest, UpdateContainerInstancesStateResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import { missingInstances } from "../container-instances.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html; there are none. */
export function updateContainerInstancesState(ecs: Ecs) {
  return async (
    { cluster, containerInstances }: UpdateContainerInstancesStateRequest,
    { scope }: RequestContext,
  ): Promise<UpdateContainerInstancesStateResponse> => {
    const found = await activeCluster(ecs, scope, cluster);
    return { containerInstances: [], failures: missingInstances(scope, found, containerInstances!, 10) };
  };
}
