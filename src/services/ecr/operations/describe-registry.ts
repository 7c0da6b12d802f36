import type { DescribeRegistryRequest, DescribeRegistryResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";

/**
 * Replication cannot be configured here, so there is never a rule.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html
 */
export function describeRegistry() {
  return async (_input: DescribeRegistryRequest, context: RequestContext): Promise<DescribeRegistryResponse> => ({
    registryId: context.scope.account,
    replicationConfiguration: { rules: [] },
  });
}
