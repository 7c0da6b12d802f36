import type { PutAccountPreferencesRequest, PutAccountPreferencesResponse } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { badRequest } from "../errors.ts";
import { PREFERENCES, preferencesView } from "../preferences.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_PutAccountPreferences.html */
export function putAccountPreferences(efs: Efs) {
  return async (
    { ResourceIdType }: PutAccountPreferencesRequest,
    { scope }: RequestContext,
  ): Promise<PutAccountPreferencesResponse> => {
    if (ResourceIdType !== "LONG_ID") throw badRequest("The resource ID type can only be set to LONG_ID.");
    await efs.records.preferences.put(scopeKey(scope), PREFERENCES, { resourceIdType: ResourceIdType });
    return { ResourceIdPreference: preferencesView(ResourceIdType) };
  };
}
