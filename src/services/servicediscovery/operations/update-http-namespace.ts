import type { UpdateHttpNamespaceRequest, UpdateHttpNamespaceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespaceUpdate } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateHttpNamespace.html */
export function updateHttpNamespace(sd: ServiceDiscovery) {
  return async (input: UpdateHttpNamespaceRequest, { scope }: RequestContext): Promise<UpdateHttpNamespaceResponse> => {
    const change = { description: input.Namespace!.Description };
    return await submitNamespaceUpdate(sd, scope, "HTTP", input, change);
  };
}
