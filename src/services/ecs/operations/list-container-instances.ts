import type { ListContainerInstancesRequest, ListContainerInstancesResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html; there are none. */
export function listContainerInstances(ecs: Ecs) {
  return async (
    input: ListContainerInstancesRequest,
    { scope }: RequestContext,
  ): Promise<ListContainerInstancesResponse> => {
    await activeCluster(ecs, scope, input.cluster);
    return { containerInstanceArns: emptyPage(input) };
  };
}
