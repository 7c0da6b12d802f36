import type { UntagResourceRequest } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { check, removedTags } from "../../../wire/checks.ts";
import { secretResource } from "../authorization.ts";
import { changeSecret } from "../changes.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html */
export function untagResource(secrets: SecretsManager) {
  return async (
    { SecretId, TagKeys }: UntagResourceRequest,
    { scope, caller, authorize }: RequestContext,
  ): Promise<object> => {
    await changeSecret(secrets, scope, SecretId!, caller, async (now) => {
      const tags = now.tags?.filter(({ Key }) => !TagKeys!.includes(Key!));
      const untagged = { ...now, changedAt: new Date(secrets.clock.now()), tags };
      // Nobody may lock themselves out.
      const resource = secretResource(secretView(scope, now).ARN, untagged);
      await authorize([check("secretsmanager:UntagResource", resource, removedTags(TagKeys))]);
      return { secret: untagged };
    });
    return {};
  };
}
