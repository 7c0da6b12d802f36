import type { RegisterContainerInstanceRequest, RegisterContainerInstanceResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, containerInstanceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html: no machine of the account can prove to be one. */
export function registerContainerInstance(ecs: Ecs) {
  return async (
    input: RegisterContainerInstanceRequest,
    { scope }: RequestContext,
  ): Promise<RegisterContainerInstanceResponse> => {
    await activeCluster(ecs, scope, input.cluster);
    if (input.containerInstanceArn) throw containerInstanceNotFound(input.containerInstanceArn);
    throw clientError("Unable to verify the instance identity document.");
  };
}
