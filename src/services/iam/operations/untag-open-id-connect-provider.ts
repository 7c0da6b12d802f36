import type { UntagOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeOidcProvider } from "../oidc-providers.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagOpenIDConnectProvider.html */
export function untagOpenIDConnectProvider(iam: Iam) {
  return async (
    { OpenIDConnectProviderArn, TagKeys }: UntagOpenIDConnectProviderRequest,
    { scope }: RequestContext,
  ) => {
    await changeOidcProvider(iam, scope, OpenIDConnectProviderArn!, (now) => ({
      ...now,
      tags: withoutTags(now.tags, TagKeys!),
    }));
    return {};
  };
}
