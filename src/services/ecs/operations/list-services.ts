import type { ListServicesRequest, ListServicesResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { emptyPage, pageOfIds } from "../paging.ts";

const LISTING = { list: "ListServices", size: 10 };

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html; ten a page unless told, and none that drains. */
export function listServices(ecs: Ecs) {
  return async (input: ListServicesRequest, { scope }: RequestContext): Promise<ListServicesResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const elsewhere =
      (input.launchType && input.launchType !== "FARGATE") ||
      input.schedulingStrategy === "DAEMON" ||
      input.resourceManagementType === "ECS";
    const where = { cluster: cluster.clusterArn, status: "ACTIVE" };
    const { items, nextToken } = elsewhere
      ? { items: emptyPage(input) }
      : await pageOfIds((part) => ecs.store.services.listIds(scopeKey(scope), where, part), input, LISTING);
    return { serviceArns: items.map((id) => formatArn("ecs", scope, `service/${id}`)), nextToken };
  };
}
