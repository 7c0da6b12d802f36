import type { UpdateServiceAttributesRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { attributesLimitExceeded } from "../errors.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { changeService } from "../services.ts";

const MAX_ATTRIBUTES = 30;

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateServiceAttributes.html */
export function updateServiceAttributes(sd: ServiceDiscovery) {
  return async (input: UpdateServiceAttributesRequest, { scope }: RequestContext): Promise<object> => {
    await changeService(sd, scope, input.ServiceId!, (service) => {
      const attributes = { ...service.attributes, ...input.Attributes };
      if (Object.keys(attributes).length > MAX_ATTRIBUTES) throw attributesLimitExceeded();
      return { ...service, attributes };
    });
    return {};
  };
}
