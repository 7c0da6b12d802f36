import type { DescribeServicesRequest, DescribeServicesResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";
import { lookUpService } from "../service/find.ts";
import { serviceView } from "../service/service-view.ts";

const MAX_SERVICES = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function describeServices(ecs: Ecs) {
  return async (input: DescribeServicesRequest, { scope }: RequestContext): Promise<DescribeServicesResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const include = { tags: input.include?.includes("TAGS") ?? false };
    const { found, failures } = await lookUpEach(
      checkNames(input.services, "Services", MAX_SERVICES),
      { scope, path: `service/${cluster.clusterName}/` },
      (reference) => lookUpService(ecs, scope, cluster, reference),
      (service) => serviceView(ecs, service, include),
    );
    return { services: found, failures };
  };
}
