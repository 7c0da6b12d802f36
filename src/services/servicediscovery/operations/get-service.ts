import type { GetServiceRequest, GetServiceResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";
import { wholeService } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetService.html */
export function getService(sd: ServiceDiscovery) {
  return async (input: GetServiceRequest, { scope }: RequestContext): Promise<GetServiceResponse> => {
    const service = await serviceOf(sd, scope, input.Id!);
    const count = await sd.records.instances.count(scopeKey(scope), { serviceId: service.serviceId });
    return { Service: wholeService(scope, service, count) };
  };
}
