import type { ListServicesRequest, ListServicesResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html; ten a page unless told, and none that drains. */
export function listServices(ecs: Ecs) {
  return async (input: ListServicesRequest, { scope }: RequestContext): Promise<ListServicesResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const elsewhere =
      (input.launchType && input.launchType !== "FARGATE") ||
      input.schedulingStrategy === "DAEMON" ||
      input.resourceManagementType === "ECS";
    const found = elsewhere
      ? []
      : await ecs.store.services.list(scopeKey(scope), { where: { cluster: cluster.clusterArn, status: "ACTIVE" } });
    const { items, nextToken } = page(found, (service) => service.serviceName, input, 10);
    return { serviceArns: items.map((service) => service.serviceArn), nextToken };
  };
}
