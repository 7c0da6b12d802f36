import type { DeleteGatewayResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteGateway.html; there are none. */
export function deleteGateway() {
  return async (): Promise<DeleteGatewayResponse> => {
    throw gatewayNotFound();
  };
}
