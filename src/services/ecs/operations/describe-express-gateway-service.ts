import type { DescribeExpressGatewayServiceResponse } from "@aws-sdk/client-ecs";
import { resourceNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeExpressGatewayService.html; there are none. */
export function describeExpressGatewayService() {
  return async (): Promise<DescribeExpressGatewayServiceResponse> => {
    throw resourceNotFound();
  };
}
