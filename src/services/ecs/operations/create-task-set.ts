import type { CreateTaskSetRequest, CreateTaskSetResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, serviceNotActive } from "../errors.ts";
import { findService } from "../service/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html: services here are deployed by ECS itself. */
export function createTaskSet(ecs: Ecs) {
  return async (input: CreateTaskSetRequest, { scope }: RequestContext): Promise<CreateTaskSetResponse> => {
    const service = await findService(ecs, scope, await activeCluster(ecs, scope, input.cluster), input.service!);
    if (service.status !== "ACTIVE") throw serviceNotActive();
    throw invalidParameter("Task sets can only be created for services that use the EXTERNAL deployment controller.");
  };
}
