import { parseScopeKey, type Scope } from "../../base/scope.ts";
import type { placeOf } from "../../control/record-keys.ts";
import { removeSecret } from "./changes.ts";
import type { SecretRecord } from "./records.ts";
import { rotate, withRotation } from "./rotation.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { PENDING } from "./versions.ts";

/**
 * Does what is due for a secret: deletes it for good, or rotates it.
 * @returns when the next thing is, if any (milliseconds since 1970)
 */
export async function tend(
  secrets: SecretsManager,
  { scope: key, id: name }: ReturnType<typeof placeOf>,
): Promise<number | undefined> {
  const scope = parseScopeKey(key);
  const next = await secrets.exclusively(scope, name, () => decide(secrets, scope, key, name));
  if (!next || typeof next === "number") return next;
  await rotate(secrets, scope, next);
  return undefined; // what it wrote wakes the loop
}

/** @returns the secret that is to be rotated now, or when there is something to do */
async function decide(
  secrets: SecretsManager,
  scope: Scope,
  key: string,
  name: string,
): Promise<SecretRecord | number | undefined> {
  const { records, clock, store } = secrets;
  const secret = await records.secrets.get(key, name);
  const deletesAt = secret?.deletesAt?.getTime();
  if (!secret) return undefined;
  if (deletesAt !== undefined) {
    if (deletesAt > clock.now()) return deletesAt;
    await store.transaction(() => removeSecret(secrets, scope, secret));
    return undefined;
  }
  const { rotation } = secret;
  if (rotation?.running) return secret;
  const rotatesAt = rotation?.enabled ? rotation.nextAt?.getTime() : undefined;
  if (!rotation || rotatesAt === undefined || rotatesAt > clock.now()) return rotatesAt;
  const pending = secret.versions.find(({ stages }) => stages.includes(PENDING))?.versionId;
  const due = withRotation(secrets, secret, rotation, { versionId: pending ?? secrets.ids.uuid(), trial: false });
  await records.secrets.put(key, name, due);
  return due;
}
