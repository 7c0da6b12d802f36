import type { UpdateExpressGatewayServiceResponse } from "@aws-sdk/client-ecs";
import { resourceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateExpressGatewayService.html; there are none. */
export function updateExpressGatewayService() {
  return async (): Promise<UpdateExpressGatewayServiceResponse> => {
    throw resourceNotFound();
  };
}
