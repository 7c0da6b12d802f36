import type { UpdateOpenIDConnectProviderThumbprintRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeOidcProvider, checkThumbprints } from "../oidc-providers.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html */
export function updateOpenIDConnectProviderThumbprint(iam: Iam) {
  return async (
    { OpenIDConnectProviderArn, ThumbprintList }: UpdateOpenIDConnectProviderThumbprintRequest,
    { scope }: RequestContext,
  ) => {
    const thumbprints = checkThumbprints(ThumbprintList!);
    await changeOidcProvider(iam, scope, OpenIDConnectProviderArn!, (now) => ({ ...now, thumbprints }));
    return {};
  };
}
