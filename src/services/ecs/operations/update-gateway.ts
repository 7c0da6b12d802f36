import type { UpdateGatewayResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateGateway.html; there are none. */
export function updateGateway() {
  return async (): Promise<UpdateGatewayResponse> => {
    throw gatewayNotFound();
  };
}
