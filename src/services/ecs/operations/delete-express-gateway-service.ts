import type { DeleteExpressGatewayServiceResponse } from "@aws-sdk/client-ecs";
import { resourceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteExpressGatewayService.html; there are none. */
export function deleteExpressGatewayService() {
  return async (): Promise<DeleteExpressGatewayServiceResponse> => {
    throw resourceNotFound();
  };
}
