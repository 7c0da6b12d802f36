import { type Scope, scopeKey } from "../../base/scope.ts";
import { markedForDeletion, notOnReplica, secretNotFound } from "./errors.ts";
import { parseSecretId } from "./identifiers.ts";
import type { SecretRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";

/**
 * The secret of a name or ARN, or nothing.
 * @throws AwsError ValidationException, ResourceNotFoundException for an ARN of another account or Region
 */
export async function findSecret(
  { records }: SecretsManager,
  scope: Scope,
  id: string,
): Promise<SecretRecord | undefined> {
  const { name, suffix } = parseSecretId(scope, id);
  const found = await records.secrets.get(scopeKey(scope), name);
  return suffix === undefined || suffix === found?.suffix ? found : undefined;
}

/** @throws AwsError ResourceNotFoundException */
export async function secretOf(secrets: SecretsManager, scope: Scope, id: string): Promise<SecretRecord> {
  const found = await findSecret(secrets, scope, id);
  if (!found) throw secretNotFound();
  return found;
}

/** @throws AwsError ResourceNotFoundException, InvalidRequestException for a secret that is marked for deletion */
export async function livingSecret(secrets: SecretsManager, scope: Scope, id: string): Promise<SecretRecord> {
  const found = await secretOf(secrets, scope, id);
  if (found.deletesAt) throw markedForDeletion();
  return found;
}

/** As {@link livingSecret}. @throws AwsError InvalidParameterException for a copy of another Region's secret, too */
export async function primarySecret(secrets: SecretsManager, scope: Scope, id: string): Promise<SecretRecord> {
  const found = await livingSecret(secrets, scope, id);
  if (isReplica(scope, found)) throw notOnReplica();
  return found;
}

/** Whether a secret is the copy of one in another Region. */
export function isReplica({ region }: Scope, { primaryRegion }: SecretRecord): boolean {
  return primaryRegion !== undefined && primaryRegion !== region;
}
