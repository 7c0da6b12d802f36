import type { ListServiceDeploymentsRequest, ListServiceDeploymentsResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";
import { findService } from "../service/find.ts";
import type { ServiceDeploymentRecord } from "../service/service-deployment-record.ts";
import { serviceDeploymentBrief } from "../service/service-deployment-view.ts";
import { orderOf, serviceDeploymentsOf } from "../service/service-deployments.ts";

const PAGE = 20;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html; newest first. */
export function listServiceDeployments(ecs: Ecs) {
  return async (
    input: ListServiceDeploymentsRequest,
    { scope }: RequestContext,
  ): Promise<ListServiceDeploymentsResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await findService(ecs, scope, cluster, input.service!);
    const all = await serviceDeploymentsOf(ecs, service);
    const found = all.filter((deployment) => isAskedFor(deployment, input));
    const { items, nextToken } = page(found, orderOf, input, { list: "ListServiceDeployments", size: PAGE });
    return { serviceDeployments: items.map(serviceDeploymentBrief), nextToken };
  };
}

function isAskedFor(
  { status, createdAt }: ServiceDeploymentRecord,
  { status: statuses, createdAt: range }: ListServiceDeploymentsRequest,
): boolean {
  return (
    (!statuses?.length || statuses.includes(status)) &&
    (!range?.after || createdAt >= range.after) &&
    (!range?.before || createdAt <= range.before)
  );
}
