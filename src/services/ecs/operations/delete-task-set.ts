import type { DeleteTaskSetRequest, DeleteTaskSetResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { changeTaskSet } from "../service/task-sets/change.ts";
import { drainTaskSet } from "../service/task-sets/find.ts";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskSet.html: DRAINING until its tasks have ended,
 * then gone; repeating it does no harm. The primary one goes by force only. AWS deletes others also when they are not
 * scaled down, and without force, against what the page says: deployment tools do it so.
 */
export function deleteTaskSet(ecs: Ecs) {
  return async (input: DeleteTaskSetRequest, { scope }: RequestContext): Promise<DeleteTaskSetResponse> => {
    const taskSet = await changeTaskSet(ecs, scope, { ...input, taskSet: input.taskSet! }, async (found) => {
      if (found.status === "PRIMARY" && !input.force) throw invalidParameter("Primary TaskSet cannot be deleted");
      return await drainTaskSet(ecs, found);
    });
    return { taskSet };
  };
}
