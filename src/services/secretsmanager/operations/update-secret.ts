import type { UpdateSecretRequest, UpdateSecretResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret, type SecretChange } from "../changes.ts";
import { notSupported } from "../errors.ts";
import { versionIdOf, withVersion } from "../new-version.ts";
import type { SecretRecord } from "../records.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { checkKey, customerKey, hasValue, openValue, requestedValue, type SecretValue } from "../values.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html */
export function updateSecret(secrets: SecretsManager) {
  return async (input: UpdateSecretRequest, { scope, caller }: RequestContext): Promise<UpdateSecretResponse> => {
    if (input.Type !== undefined) throw notSupported("Type");
    const value = requestedValue(input);
    const versionId = value && versionIdOf(input.ClientRequestToken);
    const secret = await changeSecret(secrets, scope, input.SecretId!, caller, async (now) => {
      const described: SecretRecord = {
        ...now,
        changedAt: new Date(secrets.clock.now()),
        description: input.Description ?? now.description,
        kmsKeyId: input.KmsKeyId === undefined ? now.kmsKeyId : customerKey(scope, input.KmsKeyId),
      };
      if (described.kmsKeyId !== now.kmsKeyId) await checkKey(secrets, scope, described, caller);
      const moved = described.kmsKeyId === now.kmsKeyId ? new Map<string, SecretValue>() : await labelledValues(now);
      if (!value) return { secret: described, values: moved };
      const change = await withVersion(secrets, scope, described, { versionId: versionId!, value }, caller);
      return {
        secret: change?.secret ?? described,
        values: new Map([...moved, ...(change?.values ?? [])]),
      } satisfies SecretChange;
    });
    return { ...secretView(scope, secret), ...(value ? { VersionId: versionId } : {}) };

    /** What another key is to encrypt: the values of versions with a label. */
    async function labelledValues(now: SecretRecord): Promise<Map<string, SecretValue>> {
      const found = new Map<string, SecretValue>();
      for (const version of now.versions)
        if (version.stages.length && (await hasValue(secrets, scope, now, version.versionId)))
          found.set(version.versionId, await openValue(secrets, scope, now, version.versionId, caller));
      return found;
    }
  };
}
