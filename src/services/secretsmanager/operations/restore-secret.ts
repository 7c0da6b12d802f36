import type { RestoreSecretRequest, RestoreSecretResponse } from "@aws-sdk/client-secrets-manager";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { notOnReplica } from "../errors.ts";
import { isReplica, secretOf } from "../existing.ts";
import { parseSecretId } from "../identifiers.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html */
export function restoreSecret(secrets: SecretsManager) {
  return async ({ SecretId }: RestoreSecretRequest, { scope }: RequestContext): Promise<RestoreSecretResponse> =>
    await secrets.exclusively(scope, parseSecretId(scope, SecretId!).name, async () => {
      const secret = await secretOf(secrets, scope, SecretId!);
      if (isReplica(scope, secret)) throw notOnReplica();
      if (secret.deletesAt)
        await secrets.records.secrets.put(scopeKey(scope), secret.name, { ...secret, deletesAt: undefined });
      return secretView(scope, secret);
    });
}
