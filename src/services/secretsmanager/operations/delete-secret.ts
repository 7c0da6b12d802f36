import type { DeleteSecretRequest, DeleteSecretResponse } from "@aws-sdk/client-secrets-manager";
import { parseArn } from "../../../base/arn.ts";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { removeSecret } from "../changes.ts";
import { invalidParameter, markedForDeletion, notOnReplica, secretNotFound } from "../errors.ts";
import { findSecret, isReplica } from "../existing.ts";
import { newSuffix, parseSecretId } from "../identifiers.ts";
import type { SecretRecord } from "../records.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MIN_DAYS = 7;
const MAX_DAYS = 30;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export function deleteSecret(secrets: SecretsManager) {
  return async (
    { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force }: DeleteSecretRequest,
    { scope }: RequestContext,
  ): Promise<DeleteSecretResponse> => {
    if (force && days !== undefined)
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    if (days !== undefined && (days < MIN_DAYS || days > MAX_DAYS))
      throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    const { name } = parseSecretId(scope, SecretId!);
    return await secrets.exclusively(scope, name, async () => {
      const secret = await findSecret(secrets, scope, SecretId!);
      if (!secret && force) return forgotten(scope, SecretId!, name, secrets.clock.now());
      if (!secret) throw secretNotFound();
      checkDeletable(scope, SecretId!, secret);
      if (secret.deletesAt && !force) throw markedForDeletion();
      const deletesAt = new Date(secrets.clock.now() + (force ? 0 : (days ?? MAX_DAYS) * DAY_MS));
      await secrets.store.transaction(async () => {
        if (force) await removeSecret(secrets, scope, secret);
        else await secrets.records.secrets.put(scopeKey(scope), name, { ...secret, deletesAt });
      });
      return { ...secretView(scope, secret), DeletionDate: deletesAt };
    });
  };
}

/** @throws AwsError InvalidParameterException for a copy, and for a secret that has copies */
function checkDeletable(scope: Scope, id: string, secret: SecretRecord): void {
  if (isReplica(scope, secret)) throw notOnReplica();
  if (!secret.replicas.length) return;
  const regions = secret.replicas.map(({ region }) => region).join(",");
  throw invalidParameter(`You can't delete secret ${id} that still has replica regions [${regions}]`);
}

/** What is to be gone at once may be gone already: AWS makes no difference. */
function forgotten(scope: Scope, id: string, name: string, now: number): DeleteSecretResponse {
  const view = secretView(scope, { name, suffix: newSuffix() });
  return { ...view, ...(parseArn(id) ? { ARN: id } : {}), DeletionDate: new Date(now) };
}
