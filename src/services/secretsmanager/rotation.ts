import { messageOf } from "../../base/errors.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { secretArn } from "./identifiers.ts";
import { relabelCopies } from "./replication.ts";
import type { RotationRecord, SecretRecord } from "./records.ts";
import type { RotationStep } from "./rotation-functions.ts";
import { nextRotation } from "./schedule.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { labelVersion, PENDING, unlabel, withRoom } from "./versions.ts";

const STEPS: readonly RotationStep[] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/** A secret whose rotation is to begin, with an empty pending version that the function fills. */
export function withRotation(
  { clock }: SecretsManager,
  secret: SecretRecord,
  rotation: RotationRecord,
  { versionId, trial }: { versionId: string; trial: boolean },
): SecretRecord {
  const now = clock.now();
  const known = secret.versions.some((version) => version.versionId === versionId);
  const versions = known
    ? secret.versions
    : [...withRoom(secret.versions, now), { versionId, createdAt: new Date(now), stages: [] }];
  return {
    ...secret,
    versions: labelVersion(versions, versionId, [PENDING]),
    rotation: { ...rotation, running: { versionId, trial } },
  };
}

/**
 * Does a rotation that has begun: calls the function for each step, or only to test the version when it is a trial. One
 * that was interrupted is done anew: the steps of a function may be repeated.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_how.html
 */
export async function rotate(secrets: SecretsManager, scope: Scope, secret: SecretRecord): Promise<void> {
  const { lambdaArn, running } = secret.rotation!;
  const { versionId, trial } = running!;
  const SecretId = secretArn(scope, secret);
  let done = true;
  try {
    for (const Step of trial ? (["testSecret"] as const) : STEPS)
      await secrets.functions.invoke(lambdaArn, { Step, SecretId, ClientRequestToken: versionId });
  } catch (cause) {
    done = false;
    secrets.log.warn({ secret: SecretId, reason: messageOf(cause) }, "the rotation of a secret failed");
  }
  await secrets.exclusively(scope, secret.name, async () => {
    const now = await secrets.records.secrets.get(scopeKey(scope), secret.name);
    // It may have been cancelled, or the secret deleted.
    if (now?.suffix !== secret.suffix || now.rotation?.running?.versionId !== versionId) return;
    const changed = ended(secrets, now, { done, trial, versionId });
    await secrets.store.transaction(async () => {
      await secrets.records.secrets.put(scopeKey(scope), secret.name, changed);
      await relabelCopies(secrets, scope, changed);
    });
  });
}

/** After a failure the pending version stays, for people to look at. */
function ended(
  { clock }: SecretsManager,
  secret: SecretRecord,
  { done, trial, versionId }: { done: boolean; trial: boolean; versionId: string },
): SecretRecord {
  const now = new Date(clock.now());
  const rotation = { ...secret.rotation!, running: undefined };
  const nextAt = rotation.rules && nextRotation(rotation.rules, now);
  if (trial)
    return {
      ...secret,
      versions: secret.versions.filter((version) => version.versionId !== versionId),
      rotation: { ...rotation, nextAt },
    };
  return {
    ...secret,
    versions: done ? unlabel(secret.versions, PENDING) : secret.versions,
    rotation: { ...rotation, nextAt, ...(done ? { rotatedAt: now } : {}) },
  };
}
