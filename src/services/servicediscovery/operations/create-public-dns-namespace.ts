import type {
  CreatePublicDnsNamespaceRequest,
  CreatePublicDnsNamespaceResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespace } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePublicDnsNamespace.html */
export function createPublicDnsNamespace(sd: ServiceDiscovery) {
  return async (
    input: CreatePublicDnsNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<CreatePublicDnsNamespaceResponse> => {
    const soaTtl = input.Properties?.DnsProperties?.SOA?.TTL;
    const more = { type: "DNS_PUBLIC" as const, ...(soaTtl !== undefined && { soaTtl }) };
    return await submitNamespace(sd, scope, input, more);
  };
}
