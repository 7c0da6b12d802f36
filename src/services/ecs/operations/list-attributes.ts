import type { ListAttributesRequest, ListAttributesResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { emptyPage } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAttributes.html; they are of container instances, which there are none of. */
export function listAttributes(ecs: Ecs) {
  return async (input: ListAttributesRequest, { scope }: RequestContext): Promise<ListAttributesResponse> => {
    await activeCluster(ecs, scope, input.cluster);
    return { attributes: emptyPage(input) };
  };
}
