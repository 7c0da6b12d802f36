import type { UpdateCapacityProviderRequest, UpdateCapacityProviderResponse } from "@aws-sdk/client-ecs";
import { refusedProvider } from "../capacity-providers.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html: there are none but Fargate's, which stay as they are. */
export function updateCapacityProvider() {
  return async ({ name }: UpdateCapacityProviderRequest): Promise<UpdateCapacityProviderResponse> => {
    throw refusedProvider(name!, "updated");
  };
}
