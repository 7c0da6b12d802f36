import type { ListServicesRequest, ListServicesResponse } from "@aws-sdk/client-servicediscovery";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { filterItems, type FilterField } from "../filter.ts";
import { resourceArn } from "../identifiers.ts";
import { page } from "../page.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import type { ServiceRecord } from "../store.ts";
import { serviceView } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_ListServices.html */
export function listServices(sd: ServiceDiscovery) {
  return async (input: ListServicesRequest, { scope }: RequestContext): Promise<ListServicesResponse> => {
    const fields: Record<string, FilterField<ServiceRecord>> = {
      NAMESPACE_ID: {
        conditions: ["EQ"],
        values: ({ namespaceId }) => [namespaceId, resourceArn(scope, "namespace", namespaceId)],
      },
      RESOURCE_OWNER: { conditions: ["EQ"], values: () => ["SELF"] },
    };
    const key = scopeKey(scope);
    const found = filterItems(await sd.records.services.list(key), input.Filters, fields);
    const { items, next } = page(found, input, "services", ({ serviceId }) => serviceId);
    const counts = await sd.records.instances.countBy(key, {}, ["serviceId"]);
    const countOf = new Map(counts.map(({ serviceId, count }) => [serviceId, count]));
    return { Services: items.map((each) => serviceView(scope, each, countOf.get(each.serviceId) ?? 0)), ...next };
  };
}
