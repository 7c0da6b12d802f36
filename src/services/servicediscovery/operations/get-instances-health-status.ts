import type {
  GetInstancesHealthStatusRequest,
  GetInstancesHealthStatusResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { instanceNotFound } from "../errors.ts";
import { instancesOf } from "../instances.ts";
import { page } from "../page.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetInstancesHealthStatus.html */
export function getInstancesHealthStatus(sd: ServiceDiscovery) {
  return async (
    input: GetInstancesHealthStatusRequest,
    { scope }: RequestContext,
  ): Promise<GetInstancesHealthStatusResponse> => {
    const { serviceId } = await serviceOf(sd, scope, input.ServiceId!);
    const all = await instancesOf(sd, scope, serviceId);
    const known = new Set(all.map(({ instanceId }) => instanceId));
    for (const id of input.Instances ?? []) if (!known.has(id)) throw instanceNotFound(id);
    const wanted = input.Instances && new Set(input.Instances);
    const chosen = wanted ? all.filter(({ instanceId }) => wanted.has(instanceId)) : all;
    const { items, next } = page(chosen, input, `health of ${serviceId}`, ({ instanceId }) => instanceId);
    return { Status: Object.fromEntries(items.map(({ instanceId, health }) => [instanceId, health])), ...next };
  };
}
