import type { ListOpenIDConnectProviderTagsRequest, ListOpenIDConnectProviderTagsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingOidcProvider } from "../oidc-providers.ts";
import { tagPage } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html */
export function listOpenIDConnectProviderTags(iam: Iam) {
  return async (
    input: ListOpenIDConnectProviderTagsRequest,
    { scope }: RequestContext,
  ): Promise<ListOpenIDConnectProviderTagsResponse> => {
    return tagPage((await existingOidcProvider(iam, scope, input.OpenIDConnectProviderArn!)).tags, input);
  };
}
