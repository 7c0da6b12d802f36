import type { CreateExpressGatewayServiceResponse } from "@aws-sdk/client-ecs";
import { unsupportedFeature } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateExpressGatewayService.html: it would need load balancers. */
export function createExpressGatewayService() {
  return async (): Promise<CreateExpressGatewayServiceResponse> => {
    throw unsupportedFeature("Amazon ECS Express Mode");
  };
}
