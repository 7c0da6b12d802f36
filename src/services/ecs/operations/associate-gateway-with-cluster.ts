import type { AssociateGatewayWithClusterResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AssociateGatewayWithCluster.html; there are none. */
export function associateGatewayWithCluster() {
  return async (): Promise<AssociateGatewayWithClusterResponse> => {
    throw gatewayNotFound();
  };
}
