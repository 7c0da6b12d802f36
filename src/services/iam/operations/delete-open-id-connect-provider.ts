import type { DeleteOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingOidcProvider } from "../oidc-providers.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html */
export function deleteOpenIDConnectProvider(iam: Iam) {
  return async ({ OpenIDConnectProviderArn }: DeleteOpenIDConnectProviderRequest, { scope }: RequestContext) => {
    const { url } = await existingOidcProvider(iam, scope, OpenIDConnectProviderArn!);
    await iam.records.oidcProviders.delete(iamKey(scope), url);
    return {};
  };
}
