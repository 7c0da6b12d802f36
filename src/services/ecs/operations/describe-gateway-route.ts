import type { DescribeGatewayRouteResponse } from "@aws-sdk/client-ecs";
import { resourceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGatewayRoute.html; there are none. */
export function describeGatewayRoute() {
  return async (): Promise<DescribeGatewayRouteResponse> => {
    throw resourceNotFound();
  };
}
