import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { containerInstanceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html; there are none. */
export function deregisterContainerInstance(ecs: Ecs) {
  return async (
    { cluster, containerInstance }: DeregisterContainerInstanceRequest,
    { scope }: RequestContext,
  ): Promise<DeregisterContainerInstanceResponse> => {
    await activeCluster(ecs, scope, cluster);
    throw containerInstanceNotFound(containerInstance!);
  };
}
