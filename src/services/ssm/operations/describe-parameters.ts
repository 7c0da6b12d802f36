import type { DescribeParametersRequest, DescribeParametersResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { validation } from "../errors.ts";
import { compileFilters, DESCRIBE_KEYS } from "../filters.ts";
import { listParameters } from "../listing.ts";
import type { Ssm } from "../ssm.ts";
import { metadataView } from "../views.ts";

const DEFAULT_RESULTS = 50;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html */
export function describeParameters(ssm: Ssm) {
  return async (input: DescribeParametersRequest, { scope }: RequestContext): Promise<DescribeParametersResult> => {
    if (input.Filters?.length && input.ParameterFilters?.length)
      throw validation("You can use either Filters or ParameterFilters in a single request.");
    const former = (input.Filters ?? []).map(({ Key, Values }) => ({ Key, Values }));
    const passes = compileFilters([...former, ...(input.ParameterFilters ?? [])], DESCRIBE_KEYS);
    if (input.Shared) return { Parameters: [] }; // there is nobody who would share some
    const { parameters, next } = await listParameters(ssm, scope, {
      prefix: "/",
      recursive: true,
      wanted: (parameter) => passes({ ...parameter, version: parameter.latest }),
      limit: input.MaxResults ?? DEFAULT_RESULTS,
      token: input.NextToken,
    });
    return { Parameters: parameters.map((parameter) => metadataView(scope, parameter)), NextToken: next };
  };
}
