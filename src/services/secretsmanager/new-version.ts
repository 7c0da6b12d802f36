import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { tokenMissing, versionExists } from "./errors.ts";
import { secretArn } from "./identifiers.ts";
import type { SecretChange } from "./changes.ts";
import type { SecretRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { hasValue, openValue, sameValue, type SecretValue } from "./values.ts";
import { CURRENT, labelVersion, withRoom } from "./versions.ts";

/** What a request says of the version that it makes. */
export interface NewVersion {
  versionId: string;
  value: SecretValue;
  stages?: readonly string[] | undefined;
}

/** The id of a new version: the client's token. @throws AwsError InvalidRequestException when there is none */
export function versionIdOf(token: string | undefined): string {
  if (token === undefined) throw tokenMissing();
  return token;
}

/**
 * A secret with one more version, or with the value that a rotation left open. The first version is the current one.
 * @returns nothing when the version is there with the same value: the request was sent twice
 * @throws AwsError ResourceExistsException when it is there with another value, LimitExceededException
 */
export async function withVersion(
  secrets: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
  { versionId, value, stages }: NewVersion,
  caller: Caller,
): Promise<SecretChange | undefined> {
  const { versions } = secret;
  const now = secrets.clock.now();
  const known = versions.some((version) => version.versionId === versionId);
  if (known && (await hasValue(secrets, scope, secret, versionId))) {
    if (!sameValue(await openValue(secrets, scope, secret, versionId, caller), value))
      throw versionExists(versionId, secretArn(scope, secret));
    return undefined;
  }
  const all = known ? versions : [...withRoom(versions, now), { versionId, createdAt: new Date(now), stages: [] }];
  const labels = !versions.some((version) => version.stages.length)
    ? [...(stages ?? []), CURRENT]
    : (stages ?? [CURRENT]);
  return {
    secret: { ...secret, changedAt: new Date(now), versions: labelVersion(all, versionId, labels) },
    values: new Map([[versionId, value]]),
  };
}
