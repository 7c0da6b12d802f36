import type { ListNamespacesRequest, ListNamespacesResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { filterItems, type FilterField } from "../filter.ts";
import { page } from "../page.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import type { NamespaceRecord } from "../store.ts";
import { namespaceView } from "../views.ts";

const TEXT = ["EQ", "BEGINS_WITH"] as const;

/** No other account shares namespaces with this one. */
const FIELDS: Record<string, FilterField<NamespaceRecord>> = {
  TYPE: { conditions: TEXT, values: ({ type }) => [type] },
  NAME: { conditions: TEXT, values: ({ name }) => [name] },
  HTTP_NAME: { conditions: TEXT, values: ({ name }) => [name] },
  RESOURCE_OWNER: { conditions: ["EQ"], values: () => ["SELF"] },
};

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_ListNamespaces.html */
export function listNamespaces(sd: ServiceDiscovery) {
  return async (input: ListNamespacesRequest, { scope }: RequestContext): Promise<ListNamespacesResponse> => {
    const key = scopeKey(scope);
    const found = filterItems(await sd.records.namespaces.list(key), input.Filters, FIELDS);
    const { items, next } = page(found, input, "namespaces", ({ namespaceId }) => namespaceId);
    const counts = await sd.records.services.countBy(key, {}, ["namespaceId"]);
    const countOf = new Map(counts.map(({ namespaceId, count }) => [namespaceId, count]));
    return {
      Namespaces: items.map((each) => namespaceView(scope, each, countOf.get(each.namespaceId) ?? 0)),
      ...next,
    };
  };
}
