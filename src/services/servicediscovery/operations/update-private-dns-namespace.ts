import type {
  UpdatePrivateDnsNamespaceRequest,
  UpdatePrivateDnsNamespaceResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespaceUpdate } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdatePrivateDnsNamespace.html */
export function updatePrivateDnsNamespace(sd: ServiceDiscovery) {
  return async (
    input: UpdatePrivateDnsNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<UpdatePrivateDnsNamespaceResponse> => {
    const { Description: description, Properties } = input.Namespace!;
    const change = { description, soaTtl: Properties?.DnsProperties?.SOA?.TTL };
    return await submitNamespaceUpdate(sd, scope, "DNS_PRIVATE", input, change);
  };
}
