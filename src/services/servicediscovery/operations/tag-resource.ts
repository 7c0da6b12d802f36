import type { TagResourceRequest } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { changeTags } from "../tagged-resource.ts";
import { withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_TagResource.html */
export function tagResource(sd: ServiceDiscovery) {
  return async (input: TagResourceRequest, { scope }: RequestContext): Promise<object> => {
    const arn = input.ResourceARN!;
    await changeTags(sd, scope, arn, (tags) => withTags(tags, input.Tags!, arn));
    return {};
  };
}
