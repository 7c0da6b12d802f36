import type { DiscoverPollEndpointRequest, DiscoverPollEndpointResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { containerInstanceNotFound, noContainerInstances } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DiscoverPollEndpoint.html: there is no agent to poll anything. */
export function discoverPollEndpoint(ecs: Ecs) {
  return async (
    { cluster, containerInstance }: DiscoverPollEndpointRequest,
    { scope }: RequestContext,
  ): Promise<DiscoverPollEndpointResponse> => {
    if (cluster) await activeCluster(ecs, scope, cluster);
    throw containerInstance ? containerInstanceNotFound(containerInstance) : noContainerInstances();
  };
}
