import type { ListInstanceProfilesRequest, ListInstanceProfilesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { instanceProfilePage } from "../instance-profiles.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export function listInstanceProfiles(iam: Iam) {
  return async (
    input: ListInstanceProfilesRequest,
    { scope }: RequestContext,
  ): Promise<ListInstanceProfilesResponse> => {
    const all = await iam.records.instanceProfiles.list(iamKey(scope));
    const below = all.filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    return await instanceProfilePage(iam, scope, below, input);
  };
}
