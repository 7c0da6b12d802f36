import type { ListInstancesRequest, ListInstancesResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { instancesOf } from "../instances.ts";
import { page } from "../page.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_ListInstances.html */
export function listInstances(sd: ServiceDiscovery) {
  return async (input: ListInstancesRequest, { scope }: RequestContext): Promise<ListInstancesResponse> => {
    const { serviceId } = await serviceOf(sd, scope, input.ServiceId!);
    const instances = await instancesOf(sd, scope, serviceId);
    const { items, next } = page(instances, input, `instances of ${serviceId}`, ({ instanceId }) => instanceId);
    return {
      ResourceOwner: scope.account,
      Instances: items.map(({ instanceId, attributes }) => ({
        Id: instanceId,
        Attributes: attributes,
        CreatedByAccount: scope.account,
      })),
      ...next,
    };
  };
}
