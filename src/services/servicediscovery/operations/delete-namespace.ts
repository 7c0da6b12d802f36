import type { DeleteNamespaceRequest, DeleteNamespaceResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { namespaceInUse } from "../errors.ts";
import { namespaceOf } from "../namespaces.ts";
import { submit } from "../operation-log.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteNamespace.html */
export function deleteNamespace(sd: ServiceDiscovery) {
  return async (input: DeleteNamespaceRequest, { scope }: RequestContext): Promise<DeleteNamespaceResponse> => {
    return await sd.store.transaction(async () => {
      const { namespaceId } = await namespaceOf(sd, scope, input.Id!);
      if (await sd.records.services.count(scopeKey(scope), { namespaceId })) throw namespaceInUse();
      return await submit(sd, scope, { namespaceId }, { kind: "DELETE_NAMESPACE" });
    });
  };
}
