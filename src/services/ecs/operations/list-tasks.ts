import type { ListTasksRequest, ListTasksResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { emptyPage, pageOfIds } from "../paging.ts";
import { findService } from "../service/find.ts";
import { groupOf } from "../service/service-record.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html; RUNNING is the desired status unless told. */
export function listTasks(ecs: Ecs) {
  return async (input: ListTasksRequest, { scope }: RequestContext): Promise<ListTasksResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    if (input.containerInstance) throw invalidParameter("Container instance not found.");
    if (input.daemonName || (input.launchType && input.launchType !== "FARGATE")) return { taskArns: emptyPage(input) };
    const others = [input.family, input.serviceName].some((filter) => filter !== undefined);
    if (input.startedBy !== undefined && others)
      throw invalidParameter("startedBy must be the only filter that is used.");
    if (input.desiredStatus === "PENDING") return { taskArns: emptyPage(input) };
    const service =
      input.serviceName === undefined ? undefined : await findService(ecs, scope, cluster, input.serviceName);
    const where = {
      cluster: cluster.clusterArn,
      desired_status: input.desiredStatus ?? "RUNNING",
      ...(input.family === undefined ? {} : { family: input.family }),
      ...(input.startedBy === undefined ? {} : { started_by: input.startedBy }),
      ...(service ? { task_group: groupOf(service.serviceName) } : {}),
    };
    const { items, nextToken } = await pageOfIds((part) => ecs.engine.tasks.listIds(scope, where, part), input, {
      list: "ListTasks",
      size: 100,
    });
    const prefix = `${cluster.clusterArn.replace(":cluster/", ":task/")}/`;
    return { taskArns: items.map((taskId) => prefix + taskId), nextToken };
  };
}
