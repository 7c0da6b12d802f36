import type { UpdateServicePrimaryTaskSetRequest, UpdateServicePrimaryTaskSetResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { changeTaskSet } from "../service/task-sets/change.ts";
import { saveTaskSet, taskSetsOf } from "../service/task-sets/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html: the one before becomes ACTIVE. */
export function updateServicePrimaryTaskSet(ecs: Ecs) {
  return async (
    input: UpdateServicePrimaryTaskSetRequest,
    { scope }: RequestContext,
  ): Promise<UpdateServicePrimaryTaskSetResponse> => {
    const named = { ...input, taskSet: input.primaryTaskSet! };
    const taskSet = await changeTaskSet(ecs, scope, named, async (found, service) => {
      if (found.status === "DRAINING") throw invalidParameter("A task set that is DRAINING cannot be the primary one.");
      if (found.status === "PRIMARY") return found;
      const updatedAt = new Date(ecs.clock.now());
      for (const other of await taskSetsOf(ecs, service))
        if (other.status === "PRIMARY") await saveTaskSet(ecs, { ...other, status: "ACTIVE", updatedAt });
      const primary = { ...found, status: "PRIMARY" as const, updatedAt };
      await saveTaskSet(ecs, primary);
      return primary;
    });
    return { taskSet };
  };
}
