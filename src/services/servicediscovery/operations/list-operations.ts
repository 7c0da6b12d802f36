import type { ListOperationsRequest, ListOperationsResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { filterItems, type FilterField } from "../filter.ts";
import { page } from "../page.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import type { OperationRecord } from "../store.ts";

/** `SUCCEED` is how the reference calls it. */
const FIELDS: Record<string, FilterField<OperationRecord>> = {
  NAMESPACE_ID: { conditions: ["EQ"], values: ({ namespaceId }) => [namespaceId] },
  SERVICE_ID: { conditions: ["EQ"], values: ({ serviceId }) => (serviceId === undefined ? [] : [serviceId]) },
  STATUS: {
    conditions: ["EQ", "IN"],
    values: ({ status }) => (status === "SUCCESS" ? ["SUCCESS", "SUCCEED"] : [status]),
  },
  TYPE: { conditions: ["EQ", "IN"], values: ({ type }) => [type] },
  UPDATE_DATE: { conditions: ["BETWEEN"], values: ({ updateDate }) => [String(updateDate.getTime() / 1000)] },
};

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_ListOperations.html */
export function listOperations(sd: ServiceDiscovery) {
  return async (input: ListOperationsRequest, { scope }: RequestContext): Promise<ListOperationsResponse> => {
    const found = filterItems(await sd.records.operations.list(scopeKey(scope)), input.Filters, FIELDS);
    const { items, next } = page(found, input, "operations", ({ operationId }) => operationId);
    return { Operations: items.map(({ operationId, status }) => ({ Id: operationId, Status: status })), ...next };
  };
}
