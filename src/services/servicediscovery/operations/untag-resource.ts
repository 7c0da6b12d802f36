import type { UntagResourceRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { changeTags } from "../tagged-resource.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UntagResource.html */
export function untagResource(sd: ServiceDiscovery) {
  return async (input: UntagResourceRequest, { scope }: RequestContext): Promise<object> => {
    await changeTags(sd, scope, input.ResourceARN!, (tags) => withoutTags(tags, input.TagKeys!));
    return {};
  };
}
