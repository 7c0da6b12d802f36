import type { AddClientIDToOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeOidcProvider, checkClientIds } from "../oidc-providers.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html; one that is there stays. */
export function addClientIDToOpenIDConnectProvider(iam: Iam) {
  return async (
    { OpenIDConnectProviderArn, ClientID }: AddClientIDToOpenIDConnectProviderRequest,
    { scope }: RequestContext,
  ) => {
    await changeOidcProvider(iam, scope, OpenIDConnectProviderArn!, (now) => ({
      ...now,
      clientIds: checkClientIds([...new Set([...now.clientIds, ClientID!])]),
    }));
    return {};
  };
}
