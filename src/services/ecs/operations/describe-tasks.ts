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
    const references = input.tasks ?? [];
    if (!references.length) throw invalidParameter("Tasks cannot be empty.");
    if (references.length > MAX_TASKS) throw invalidParameter("tasks can have at most 100 items.");
    const tasks: Task[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const task = await findTask(ecs, scope, cluster.clusterArn, reference);
      if (task) tasks.push(taskView(task, { tags: input.include?.includes("TAGS") ?? false }));
      else
        failures.push({
          arn: reference.startsWith("arn:") ? reference : formatArn("ecs", scope, `task/${cluster.clusterName}/${reference}`),
          reason: "MISSING",
        });
    }
    return { tasks, failures };
  };
}
