import type { UpdateTaskProtectionRequest, UpdateTaskProtectionResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames } from "../named-resources.ts";
import { updateProtection } from "../task-protection.ts";

const MAX_TASKS = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
export function updateTaskProtection(ecs: Ecs) {
  return async (
    { cluster: reference, tasks = [], protectionEnabled, expiresInMinutes }: UpdateTaskProtectionRequest,
    { scope }: RequestContext,
  ): Promise<UpdateTaskProtectionResponse> => {
    const cluster = await activeCluster(ecs, scope, reference);
    const names = checkNames(tasks, "Tasks", MAX_TASKS);
    return await updateProtection(ecs, scope, cluster, names, {
      protectionEnabled: protectionEnabled!,
      ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
    });
  };
}
