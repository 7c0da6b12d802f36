import type { GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingOidcProvider } from "../oidc-providers.ts";
import { sortedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html */
export function getOpenIDConnectProvider(iam: Iam) {
  return async (
    { OpenIDConnectProviderArn }: GetOpenIDConnectProviderRequest,
    { scope }: RequestContext,
  ): Promise<GetOpenIDConnectProviderResponse> => {
    const provider = await existingOidcProvider(iam, scope, OpenIDConnectProviderArn!);
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: provider.createdAt,
      Tags: sortedTags(provider.tags),
    };
  };
}
