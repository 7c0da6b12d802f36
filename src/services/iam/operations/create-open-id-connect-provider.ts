import type { CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { newOidcProvider } from "../oidc-providers.ts";
import { sortedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
export function createOpenIDConnectProvider(iam: Iam) {
  return async (
    input: CreateOpenIDConnectProviderRequest,
    { scope }: RequestContext,
  ): Promise<CreateOpenIDConnectProviderResponse> => {
    const provider = await newOidcProvider(iam, scope, input);
    return {
      OpenIDConnectProviderArn: provider.arn,
      ...(provider.tags.length ? { Tags: sortedTags(provider.tags) } : {}),
    };
  };
}
