import type { GetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { stageNotFound, versionNotFound } from "./errors.ts";
import type { SecretRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { hasValue, openValue, shownValue } from "./values.ts";
import { CURRENT, selectVersion } from "./versions.ts";
import { secretView } from "./views.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A secret's value, as GetSecretValue answers it.
 * @throws AwsError ResourceNotFoundException, InvalidRequestException, DecryptionFailure, AccessDeniedException
 */
export async function readSecret(
  secrets: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
  { versionId, stage }: { versionId?: string | undefined; stage?: string | undefined },
  caller: Caller,
): Promise<GetSecretValueResponse> {
  const version = selectVersion(secret.versions, { versionId, stage });
  if (!(await hasValue(secrets, scope, secret, version.versionId)))
    throw versionId === undefined ? stageNotFound(stage ?? CURRENT) : versionNotFound(versionId);
  const value = await openValue(secrets, scope, secret, version.versionId, caller);
  await noteAccess(secrets, scope, secret, version.versionId);
  return {
    ...secretView(scope, secret),
    VersionId: version.versionId,
    ...shownValue(value),
    VersionStages: version.stages,
    CreatedDate: version.createdAt,
  };
}

/** Dates of access are whole days: one write a day for each version that is read. */
async function noteAccess(
  { records, clock }: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
  versionId: string,
): Promise<void> {
  const today = new Date(Math.floor(clock.now() / DAY_MS) * DAY_MS);
  const isNoted = (at: Date | undefined) => at?.getTime() === today.getTime();
  const version = secret.versions.find((one) => one.versionId === versionId);
  if (isNoted(secret.accessedAt) && isNoted(version?.accessedAt)) return;
  await records.secrets.update(scopeKey(scope), secret.name, (now) => ({
    ...now,
    accessedAt: today,
    versions: now.versions.map((one) => (one.versionId === versionId ? { ...one, accessedAt: today } : one)),
  }));
}
