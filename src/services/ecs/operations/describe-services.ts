import type { DescribeServicesRequest, DescribeServicesResponse, Failure, Service } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { lookUpService } from "../service/find.ts";
import { serviceView } from "../service/service-view.ts";

const MAX_SERVICES = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function describeServices(ecs: Ecs) {
  return async (input: DescribeServicesRequest, { scope }: RequestContext): Promise<DescribeServicesResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const references = new Set(input.services);
    if (!references.size) throw invalidParameter("Services cannot be empty.");
    if (references.size > MAX_SERVICES)
      throw invalidParameter(`Services cannot have more than ${MAX_SERVICES} elements`);
    const services: Service[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const found = await lookUpService(ecs, scope, cluster, reference);
      if (found) services.push(await serviceView(ecs, found, { tags: input.include?.includes("TAGS") ?? false }));
      else
        failures.push({
          arn: reference.startsWith("arn:")
            ? reference
            : formatArn("ecs", scope, `service/${cluster.clusterName}/${reference}`),
          reason: "MISSING",
        });
    }
    return { services, failures };
  };
}
