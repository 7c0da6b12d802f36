import type { DescribeGatewayResponse } from "@aws-sdk/client-ecs";
import { gatewayNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGateway.html; there are none. */
export function describeGateway() {
  return async (): Promise<DescribeGatewayResponse> => {
    throw gatewayNotFound();
  };
}
