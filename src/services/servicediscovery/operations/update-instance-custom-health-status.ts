import type { UpdateInstanceCustomHealthStatusRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { customHealthNotFound } from "../errors.ts";
import { instanceOf, setInstanceHealth } from "../instances.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateInstanceCustomHealthStatus.html */
export function updateInstanceCustomHealthStatus(sd: ServiceDiscovery) {
  return async (input: UpdateInstanceCustomHealthStatusRequest, { scope }: RequestContext): Promise<object> => {
    const service = await serviceOf(sd, scope, input.ServiceId!);
    const { serviceId, instanceId } = await instanceOf(sd, scope, service, input.InstanceId!);
    if (!service.hasCustomHealth) throw customHealthNotFound(serviceId);
    await setInstanceHealth(sd, scope, serviceId, instanceId, input.Status!);
    return {};
  };
}
