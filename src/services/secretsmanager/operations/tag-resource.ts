import type { TagResourceRequest } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { check, requestTags } from "../../../wire/checks.ts";
import { secretResource } from "../authorization.ts";
import { changeSecret } from "../changes.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { withTags } from "../tags.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
export function tagResource(secrets: SecretsManager) {
  return async (
    { SecretId, Tags }: TagResourceRequest,
    { scope, caller, authorize }: RequestContext,
  ): Promise<object> => {
    await changeSecret(secrets, scope, SecretId!, caller, async (now) => {
      const tags = withTags(now.tags ?? [], Tags!);
      const tagged = { ...now, changedAt: new Date(secrets.clock.now()), tags };
      // Nobody may lock themselves out.
      const resource = secretResource(secretView(scope, now).ARN, tagged);
      await authorize([check("secretsmanager:TagResource", resource, requestTags(Tags))]);
      return { secret: tagged };
    });
    return {};
  };
}
