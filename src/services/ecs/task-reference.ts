import type { Scope } from "../../base/scope.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import type { Ecs } from "./ecs.ts";
import { invalidParameter } from "./errors.ts";
import { nameInCluster } from "./identifiers.ts";
import type { ClusterRecord } from "./store.ts";

/** A task id is 32 digits; the UUIDs that tasks of before 2019 have are 36 characters. */
const ID_LENGTHS = [32, 36];

/** A task of a cluster by id, short ARN or full ARN. @throws AwsError InvalidParameterException when it is none of them */
export async function findTask(
  ecs: Ecs,
  scope: Scope,
  cluster: ClusterRecord,
  reference: string,
): Promise<TaskRecord | undefined> {
  const taskId = nameInCluster(reference, "task", cluster.clusterName, scope);
  if (taskId === undefined) return undefined;
  if (!ID_LENGTHS.includes(taskId.length))
    throw invalidParameter(`taskId length should be one of [${ID_LENGTHS.join(",")}]`);
  const task = await ecs.engine.tasks.get(scope, taskId);
  return task?.clusterArn === cluster.clusterArn ? task : undefined;
}
