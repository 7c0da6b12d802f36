import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { tagsOf } from "../tagged-resource.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_ListTagsForResource.html */
export function listTagsForResource(sd: ServiceDiscovery) {
  return async (input: ListTagsForResourceRequest, { scope }: RequestContext): Promise<ListTagsForResourceResponse> => {
    return { Tags: await tagsOf(sd, scope, input.ResourceARN!) };
  };
}
