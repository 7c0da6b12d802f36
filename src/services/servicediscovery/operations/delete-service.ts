import type { DeleteServiceRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { deleteService as remove } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html */
export function deleteService(sd: ServiceDiscovery) {
  return async (input: DeleteServiceRequest, { scope }: RequestContext): Promise<object> => {
    await remove(sd, scope, input.Id!);
    return {};
  };
}
