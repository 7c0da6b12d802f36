import type { UpdateTaskProtectionRequest, UpdateTaskProtectionResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { updateProtection } from "../task-protection.ts";

const MAX_TASKS = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
export function updateTaskProtection(ecs: Ecs) {
  return async (
    { cluster: reference, tasks = [], protectionEnabled, expiresInMinutes }: UpdateTaskProtectionRequest,
    { scope }: RequestContext,
  ): Promise<UpdateTaskProtectionResponse> => {
    const cluster = await activeCluster(ecs, scope, reference);
    if (!tasks.length) throw invalidParameter("Tasks cannot be empty.");
    if (tasks.length > MAX_TASKS) throw invalidParameter(`Tasks cannot have more than ${MAX_TASKS} elements`);
    return await updateProtection(ecs, scope, cluster, tasks, {
      protectionEnabled: protectionEnabled!,
      ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
    });
  };
}
