import type {
  DescribeResourcePoliciesRequest,
  DescribeResourcePoliciesResponse,
} from "@aws-sdk/client-cloudwatch-logs";
import { formatPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import type { Logs } from "../logs.ts";
import { parsePageToken } from "../page-token.ts";

const LIST = "resource-policies";
const DEFAULT_LIMIT = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html */
export function describeResourcePolicies(logs: Logs) {
  return async (
    input: DescribeResourcePoliciesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeResourcePoliciesResponse> => {
    const { limit = DEFAULT_LIMIT, nextToken, policyScope, resourceArn } = input;
    if (resourceArn !== undefined || policyScope === "RESOURCE")
      throw invalidParameter("Policies of single resources are not built in Neargate yet.");
    const [after] = (parsePageToken(LIST, nextToken) ?? []) as string[];
    const found = await logs.resourcePolicies.list(scope, {
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    });
    const resourcePolicies = found.slice(0, limit);
    const more =
      found.length > limit ? { nextToken: formatPageToken(LIST, [resourcePolicies.at(-1)!.policyName!]) } : {};
    return { resourcePolicies, ...more };
  };
}
