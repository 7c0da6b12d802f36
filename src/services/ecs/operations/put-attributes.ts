import type { PutAttributesRequest, PutAttributesResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, targetNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html; they are of container instances, which there are none of. */
export function putAttributes(ecs: Ecs) {
  return async (
    { cluster, attributes }: PutAttributesRequest,
    { scope }: RequestContext,
  ): Promise<PutAttributesResponse> => {
    await activeCluster(ecs, scope, cluster);
    if (!attributes!.length) throw invalidParameter("Attributes cannot be empty.");
    if (attributes!.length > 10) throw invalidParameter("Attributes cannot have more than 10 elements");
    throw targetNotFound();
  };
}
