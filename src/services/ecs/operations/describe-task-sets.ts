import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { findService } from "../service/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html: services here are deployed by ECS itself, and have none. */
export function describeTaskSets(ecs: Ecs) {
  return async (input: DescribeTaskSetsRequest, { scope }: RequestContext): Promise<DescribeTaskSetsResponse> => {
    await findService(ecs, scope, await activeCluster(ecs, scope, input.cluster), input.service!);
    const failures = (input.taskSets ?? []).map((arn) => ({ arn, reason: "MISSING" }));
    return { taskSets: [], failures };
  };
}
