import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { serviceNotActive } from "../errors.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";
import { findService } from "../service/find.ts";
import { countTasks } from "../service/task-counts.ts";
import { lookUpTaskSet, requireExternal } from "../service/task-sets/find.ts";
import { taskSetView } from "../service/task-sets/view.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html: those that are named, of which there must be one. */
export function describeTaskSets(ecs: Ecs) {
  return async (input: DescribeTaskSetsRequest, { scope }: RequestContext): Promise<DescribeTaskSetsResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await findService(ecs, scope, cluster, input.service!);
    const names = checkNames(input.taskSets, "TaskSets", Infinity);
    if (service.status === "INACTIVE") throw serviceNotActive();
    requireExternal(service);
    const include = { tags: input.include?.includes("TAGS") ?? false };
    const { found, failures } = await lookUpEach(
      names,
      { scope, path: `task-set/${service.clusterName}/${service.serviceName}/` },
      (reference) => lookUpTaskSet(ecs, service, reference),
      (taskSet) => taskSet,
    );
    // Last: what is called steady was so by counts that are no newer than these.
    const counts = await countTasks(ecs, service);
    return { taskSets: found.map((taskSet) => taskSetView(service, taskSet, counts, include)), failures };
  };
}
