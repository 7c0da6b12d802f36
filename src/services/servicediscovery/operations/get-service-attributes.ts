import type { GetServiceAttributesRequest, GetServiceAttributesResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { resourceArn } from "../identifiers.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetServiceAttributes.html */
export function getServiceAttributes(sd: ServiceDiscovery) {
  return async (
    input: GetServiceAttributesRequest,
    { scope }: RequestContext,
  ): Promise<GetServiceAttributesResponse> => {
    const { serviceId, attributes } = await serviceOf(sd, scope, input.ServiceId!);
    return {
      ServiceAttributes: {
        ServiceArn: resourceArn(scope, "service", serviceId),
        ResourceOwner: scope.account,
        Attributes: attributes,
      },
    };
  };
}
