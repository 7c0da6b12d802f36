import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { changeTaskSet } from "../service/task-sets/change.ts";
import { saveTaskSet, unthrottled } from "../service/task-sets/find.ts";
import { checkScale } from "../service/task-sets/scale.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html */
export function updateTaskSet(ecs: Ecs) {
  return async (input: UpdateTaskSetRequest, { scope }: RequestContext): Promise<UpdateTaskSetResponse> => {
    const scale = checkScale(input.scale);
    const taskSet = await changeTaskSet(ecs, scope, { ...input, taskSet: input.taskSet! }, async (found) => {
      if (found.status === "DRAINING") throw invalidParameter("A task set that is DRAINING cannot be updated.");
      const changed = { ...unthrottled(found), scale, updatedAt: new Date(ecs.clock.now()) };
      await saveTaskSet(ecs, changed);
      return changed;
    });
    return { taskSet };
  };
}
