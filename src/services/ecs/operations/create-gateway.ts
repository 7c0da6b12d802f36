import type { CreateGatewayResponse } from "@aws-sdk/client-ecs";
import { unsupportedFeature } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateGateway.html: gateways are made of load balancers. */
export function createGateway() {
  return async (): Promise<CreateGatewayResponse> => {
    throw unsupportedFeature("Amazon ECS gateways");
  };
}
