import type { DescribeContainerInstancesRequest, DescribeContainerInstancesResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import { missingInstances } from "../container-instances.ts";
import type { Ecs } from "../ecs.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html; there are none. */
export function describeContainerInstances(ecs: Ecs) {
  return async (
    { cluster, containerInstances }: DescribeContainerInstancesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeContainerInstancesResponse> => {
    const found = await activeCluster(ecs, scope, cluster);
    return { containerInstances: [], failures: missingInstances(scope, found, containerInstances!, 100) };
  };
}
