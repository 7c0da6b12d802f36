import type { StartTaskRequest, StartTaskResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, noContainerInstances, taskDefinitionInactive, taskDefinitionNotFound } from "../errors.ts";
import { findTaskDefinition } from "../task-definition/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html: it names container instances, which there are none of. */
export function startTask(ecs: Ecs) {
  return async (input: StartTaskRequest, { scope }: RequestContext): Promise<StartTaskResponse> => {
    const found = await findTaskDefinition(ecs, scope, input.taskDefinition!);
    if (!found) throw taskDefinitionNotFound();
    await activeCluster(ecs, scope, input.cluster);
    if (found.definition.status !== "ACTIVE") throw taskDefinitionInactive();
    if (!input.containerInstances!.length) throw invalidParameter("Container instances cannot be empty.");
    if (input.containerInstances!.length > 10)
      throw invalidParameter("Container instances cannot have more than 10 elements");
    throw noContainerInstances();
  };
}
