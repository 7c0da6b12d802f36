import type {
  CreatePrivateDnsNamespaceRequest,
  CreatePrivateDnsNamespaceResponse,
} from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { submitNamespace } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html */
export function createPrivateDnsNamespace(sd: ServiceDiscovery) {
  return async (
    input: CreatePrivateDnsNamespaceRequest,
    { scope }: RequestContext,
  ): Promise<CreatePrivateDnsNamespaceResponse> => {
    const soaTtl = input.Properties?.DnsProperties?.SOA?.TTL;
    const more = { type: "DNS_PRIVATE" as const, vpcId: input.Vpc!, ...(soaTtl !== undefined && { soaTtl }) };
    return await submitNamespace(sd, scope, input, more);
  };
}
