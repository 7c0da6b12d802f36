import type {
  UpdatePublicDnsNamespaceRequest,
  UpdatePublicDnsNamespaceResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespaceUpdate } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdatePublicDnsNamespace.html */
export function updatePublicDnsNamespace(sd: ServiceDiscovery) {
  return async (
    input: UpdatePublicDnsNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<UpdatePublicDnsNamespaceResponse> => {
    const { Description: description, Properties } = input.Namespace!;
    const change = { description, soaTtl: Properties?.DnsProperties?.SOA?.TTL };
    return await submitNamespaceUpdate(sd, scope, "DNS_PUBLIC", input, change);
  };
}
