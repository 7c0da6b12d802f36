import type {
  DiscoverInstancesRevisionRequest,
  DiscoverInstancesRevisionResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { discoveredService } from "../discover.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstancesRevision.html */
export function discoverInstancesRevision(sd: ServiceDiscovery) {
  return async (
    input: DiscoverInstancesRevisionRequest,
    { scope }: RequestContext,
  ): Promise<DiscoverInstancesRevisionResponse> => {
    const { service } = await discoveredService(sd, scope, input);
    return { InstancesRevision: service.instancesRevision };
  };
}
