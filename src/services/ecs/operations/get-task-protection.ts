import type { GetTaskProtectionRequest, GetTaskProtectionResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames } from "../named-resources.ts";
import { getProtection } from "../task-protection.ts";

const MAX_TASKS = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html */
export function getTaskProtection(ecs: Ecs) {
  return async (
    { cluster: reference, tasks = [] }: GetTaskProtectionRequest,
    { scope }: RequestContext,
  ): Promise<GetTaskProtectionResponse> => {
    const cluster = await activeCluster(ecs, scope, reference);
    const names = checkNames(tasks, "Tasks", MAX_TASKS);
    return await getProtection(ecs, scope, cluster, names);
  };
}
