import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import { inScope } from "./clusters.ts";
import type { Ecs } from "./ecs.ts";

/** A task of a cluster by id, short ARN or full ARN. */
export async function findTask(
  ecs: Ecs,
  scope: Scope,
  clusterArn: string,
  reference: string,
): Promise<TaskRecord | undefined> {
  if (!inScope(reference, scope)) return undefined;
  const taskId = (parseArn(reference)?.resource ?? reference).split("/").at(-1)!;
  const task = await ecs.engine.tasks.get(scope, taskId);
  return task?.clusterArn === clusterArn ? task : undefined;
}
