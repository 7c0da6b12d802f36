import type { GetNamespaceRequest, GetNamespaceResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { namespaceOf } from "../namespaces.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { namespaceView } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetNamespace.html */
export function getNamespace(sd: ServiceDiscovery) {
  return async (input: GetNamespaceRequest, { scope }: RequestContext): Promise<GetNamespaceResponse> => {
    const namespace = await namespaceOf(sd, scope, input.Id!);
    const { namespaceId, creatorRequestId } = namespace;
    const count = await sd.records.services.count(scopeKey(scope), { namespaceId });
    return { Namespace: { ...namespaceView(scope, namespace, count), CreatorRequestId: creatorRequestId } };
  };
}
