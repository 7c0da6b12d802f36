import type { DescribeAccountPreferencesRequest, DescribeAccountPreferencesResponse } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { PREFERENCES, preferencesView } from "../preferences.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeAccountPreferences.html */
export function describeAccountPreferences(efs: Efs) {
  return async (
    _: DescribeAccountPreferencesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAccountPreferencesResponse> => {
    const stored = await efs.records.preferences.get(scopeKey(scope), PREFERENCES);
    return stored ? { ResourceIdPreference: preferencesView(stored.resourceIdType) } : {};
  };
}
