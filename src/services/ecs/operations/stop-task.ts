import type { StopTaskRequest, StopTaskResponse } from "@aws-sdk/client-ecs";
import { taskView } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { findTask } from "../task-reference.ts";

const MAX_REASON = 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html; stopping a stopped task answers it. */
export function stopTask(ecs: Ecs) {
  return async (input: StopTaskRequest, { scope }: RequestContext): Promise<StopTaskResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const found = await findTask(ecs, scope, cluster, input.task!);
    if (!found) throw invalidParameter("The referenced task was not found.");
    const reason = (input.reason || "Task stopped by user").slice(0, MAX_REASON);
    const task = await ecs.engine.requestStop(scope, found.taskId, "UserInitiated", reason);
    return { task: taskView(task ?? found, { tags: false, health: true }) };
  };
}
