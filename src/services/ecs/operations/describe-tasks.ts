import type { DescribeTasksRequest, DescribeTasksResponse } from "@aws-sdk/client-ecs";
import { taskView } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";
import { findTask } from "../task-reference.ts";

const MAX_TASKS = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export function describeTasks(ecs: Ecs) {
  return async (input: DescribeTasksRequest, { scope }: RequestContext): Promise<DescribeTasksResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const include = { tags: input.include?.includes("TAGS") ?? false, health: true };
    const { found, failures } = await lookUpEach(
      checkNames(input.tasks, "Tasks", MAX_TASKS),
      { scope, path: `task/${cluster.clusterName}/` },
      (reference) => findTask(ecs, scope, cluster, reference),
      (task) => taskView(task, include),
    );
    return { tasks: found, failures };
  };
}
