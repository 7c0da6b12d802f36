import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { taskSetNotFound } from "../errors.ts";
import { findService } from "../service/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html: services here are deployed by ECS itself, and have none. */
export function updateTaskSet(ecs: Ecs) {
  return async (input: UpdateTaskSetRequest, { scope }: RequestContext): Promise<UpdateTaskSetResponse> => {
    await findService(ecs, scope, await activeCluster(ecs, scope, input.cluster), input.service!);
    throw taskSetNotFound();
  };
}
