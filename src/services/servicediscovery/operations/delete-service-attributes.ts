import type { DeleteServiceAttributesRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { changeService } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteServiceAttributes.html */
export function deleteServiceAttributes(sd: ServiceDiscovery) {
  return async (input: DeleteServiceAttributesRequest, { scope }: RequestContext): Promise<object> => {
    const gone = new Set(input.Attributes);
    await changeService(sd, scope, input.ServiceId!, (service) => ({
      ...service,
      attributes: Object.fromEntries(Object.entries(service.attributes).filter(([key]) => !gone.has(key))),
    }));
    return {};
  };
}
