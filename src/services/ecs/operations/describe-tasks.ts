import type { DescribeTasksRequest, DescribeTasksResponse, Failure, Task } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { taskView } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { findTask } from "../task-reference.ts";

const MAX_TASKS = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export function describeTasks(ecs: Ecs) {
  return async (input: DescribeTasksRequest, { scope }: RequestContext): Promise<DescribeTasksResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const references = new Set(input.tasks);
    if (!references.size) throw invalidParameter("Tasks cannot be empty.");
    if (references.size > MAX_TASKS) throw invalidParameter(`Tasks cannot have more than ${MAX_TASKS} elements`);
    const tasks: Task[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const task = await findTask(ecs, scope, cluster, reference);
      if (task) tasks.push(taskView(task, { tags: input.include?.includes("TAGS") ?? false, health: true }));
      else
        failures.push({
          arn: reference.startsWith("arn:")
            ? reference
            : formatArn("ecs", scope, `task/${cluster.clusterName}/${reference}`),
          reason: "MISSING",
        });
    }
    return { tasks, failures };
  };
}
