import type { RemoveClientIDFromOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeOidcProvider } from "../oidc-providers.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html; one that is not there is no error. */
export function removeClientIDFromOpenIDConnectProvider(iam: Iam) {
  return async (
    { OpenIDConnectProviderArn, ClientID }: RemoveClientIDFromOpenIDConnectProviderRequest,
    { scope }: RequestContext,
  ) => {
    await changeOidcProvider(iam, scope, OpenIDConnectProviderArn!, (now) => ({
      ...now,
      clientIds: now.clientIds.filter((id) => id !== ClientID),
    }));
    return {};
  };
}
