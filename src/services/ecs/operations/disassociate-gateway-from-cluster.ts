import type { DisassociateGatewayFromClusterResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DisassociateGatewayFromCluster.html; there are none. */
export function disassociateGatewayFromCluster() {
  return async (): Promise<DisassociateGatewayFromClusterResponse> => {
    throw gatewayNotFound();
  };
}
