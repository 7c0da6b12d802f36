import type { GetOperationRequest, GetOperationResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { operationNotFound } from "../errors.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { operationView } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetOperation.html */
export function getOperation(sd: ServiceDiscovery) {
  return async (input: GetOperationRequest, { scope }: RequestContext): Promise<GetOperationResponse> => {
    const { OperationId: id, OwnerAccount = scope.account } = input;
    const operation = await sd.records.operations.get(scopeKey(scope), id!);
    if (!operation || OwnerAccount !== scope.account) throw operationNotFound(id!);
    return { Operation: operationView(scope, operation) };
  };
}
