import type { TagOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeOidcProvider } from "../oidc-providers.ts";
import { withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html */
export function tagOpenIDConnectProvider(iam: Iam) {
  return async ({ OpenIDConnectProviderArn, Tags }: TagOpenIDConnectProviderRequest, { scope }: RequestContext) => {
    await changeOidcProvider(iam, scope, OpenIDConnectProviderArn!, (now) => ({
      ...now,
      tags: withTags(now.tags, Tags!),
    }));
    return {};
  };
}
