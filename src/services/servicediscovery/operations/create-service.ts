import type { CreateServiceRequest, CreateServiceResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { createService as create } from "../services.ts";
import { wholeService } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
export function createService(sd: ServiceDiscovery) {
  return async (input: CreateServiceRequest, { scope }: RequestContext): Promise<CreateServiceResponse> => {
    const service = await create(sd, scope, input);
    const count = await sd.records.instances.count(scopeKey(scope), { serviceId: service.serviceId });
    return { Service: wholeService(scope, service, count) };
  };
}
