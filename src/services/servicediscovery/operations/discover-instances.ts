import type { DiscoverInstancesRequest, DiscoverInstancesResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { discoveredInstances, discoveredService, instanceSummary } from "../discover.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

const DEFAULT_RESULTS = 100;

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html */
export function discoverInstances(sd: ServiceDiscovery) {
  return async (input: DiscoverInstancesRequest, { scope }: RequestContext): Promise<DiscoverInstancesResponse> => {
    const { namespace, service } = await discoveredService(sd, scope, input);
    const found = discoveredInstances(service, await sd.cache.read(scope, service.serviceId), input);
    return {
      Instances: found
        .slice(0, input.MaxResults ?? DEFAULT_RESULTS)
        .map((instance) => instanceSummary(namespace, service, instance)),
      InstancesRevision: service.instancesRevision,
    };
  };
}
