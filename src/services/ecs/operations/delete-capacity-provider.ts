import type { DeleteCapacityProviderRequest, DeleteCapacityProviderResponse } from "@aws-sdk/client-ecs";
import { refusedProvider } from "../capacity-providers.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html: there are none but Fargate's, which stay. */
export function deleteCapacityProvider() {
  return async ({ capacityProvider }: DeleteCapacityProviderRequest): Promise<DeleteCapacityProviderResponse> => {
    throw refusedProvider(capacityProvider!, "deleted");
  };
}
