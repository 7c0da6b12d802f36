import type { CreateHttpNamespaceRequest, CreateHttpNamespaceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespace } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html */
export function createHttpNamespace(sd: ServiceDiscovery) {
  return async (input: CreateHttpNamespaceRequest, { scope }: RequestContext): Promise<CreateHttpNamespaceResponse> => {
    return await submitNamespace(sd, scope, input, { type: "HTTP" });
  };
}
