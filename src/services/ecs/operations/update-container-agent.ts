import type { UpdateContainerAgentRequest, UpdateContainerAgentResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { containerInstanceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerAgent.html; there are none. */
export function updateContainerAgent(ecs: Ecs) {
  return async (
    { cluster, containerInstance }: UpdateContainerAgentRequest,
    { scope }: RequestContext,
  ): Promise<UpdateContainerAgentResponse> => {
    await activeCluster(ecs, scope, cluster);
    throw containerInstanceNotFound(containerInstance!);
  };
}
