import type { DescribeGatewayResourcesResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGatewayResources.html; there are none. */
export function describeGatewayResources() {
  return async (): Promise<DescribeGatewayResourcesResponse> => {
    throw gatewayNotFound();
  };
}
