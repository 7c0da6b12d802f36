import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse, Failure, TaskSet } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, serviceNotActive } from "../errors.ts";
import { findService } from "../service/find.ts";
import { countTasks } from "../service/task-counts.ts";
import { lookUpTaskSet, requireExternal } from "../service/task-sets/find.ts";
import { taskSetView } from "../service/task-sets/view.ts";
import { formatArn } from "../../../base/arn.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html: those that are named, of which there must be one. */
export function describeTaskSets(ecs: Ecs) {
  return async (input: DescribeTaskSetsRequest, { scope }: RequestContext): Promise<DescribeTaskSetsResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await findService(ecs, scope, cluster, input.service!);
    const references = new Set(input.taskSets);
    if (!references.size) throw invalidParameter("TaskSets cannot be empty.");
    if (service.status === "INACTIVE") throw serviceNotActive();
    requireExternal(service);
    const counts = await countTasks(ecs, service);
    const include = { tags: input.include?.includes("TAGS") ?? false };
    const taskSets: TaskSet[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const found = await lookUpTaskSet(ecs, service, reference);
      if (found) taskSets.push(taskSetView(service, found, counts, include));
      else {
        const path = `task-set/${service.clusterName}/${service.serviceName}/${reference}`;
        failures.push({
          arn: reference.startsWith("arn:") ? reference : formatArn("ecs", scope, path),
          reason: "MISSING",
        });
      }
    }
    return { taskSets, failures };
  };
}
