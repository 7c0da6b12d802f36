import type { ListOpenIDConnectProvidersRequest, ListOpenIDConnectProvidersResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html */
export function listOpenIDConnectProviders(iam: Iam) {
  return async (
    _: ListOpenIDConnectProvidersRequest,
    { scope }: RequestContext,
  ): Promise<ListOpenIDConnectProvidersResponse> => {
    const providers = await iam.records.oidcProviders.list(iamKey(scope));
    return { OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) };
  };
}
