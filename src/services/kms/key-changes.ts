import type { RotationType } from "@aws-sdk/client-kms";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { noPendingMaterial } from "./errors.ts";
import { generateMaterial, sealMaterial } from "./key-material.ts";
import { keyArn } from "./arns.ts";
import { factsOf } from "./key-specs.ts";
import { keyState } from "./key-state.ts";
import type { Kms } from "./kms.ts";
import type { KeyRecord } from "./records.ts";

const DAY_MS = 86_400_000;

/** When a key is next rotated that was or is rotated now. */
export function rotationFrom(now: Date, periodInDays: number): NonNullable<KeyRecord["rotation"]> {
  return { periodInDays, nextAt: new Date(now.getTime() + periodInDays * DAY_MS) };
}

/** Deletes a key whose time has come, with its aliases and grants; one that was saved meanwhile stays. */
export async function deleteKey(kms: Kms, scope: Scope, keyId: string): Promise<void> {
  const { keys, aliases, grants } = kms.records;
  const at = scopeKey(scope);
  await kms.store.transaction(async () => {
    const key = await keys.get(at, keyId);
    if (!key?.deletionDate || key.deletionDate.getTime() > kms.clock.now()) return;
    for (const name of await aliases.listIds(at, { keyId })) await aliases.delete(at, name);
    for (const grantId of await grants.listIds(at, { keyId })) await grants.delete(at, grantId);
    await keys.delete(at, keyId);
  });
}

/** Forgets imported material whose time has come. */
export async function expireMaterial(kms: Kms, scope: Scope, keyId: string): Promise<void> {
  const now = kms.clock.now();
  await kms.records.keys.update(scopeKey(scope), keyId, (key) => ({
    ...key,
    materials: key.materials.map((material) =>
      material.expiresAt && material.expiresAt.getTime() <= now ? { ...material, sealed: undefined } : material,
    ),
  }));
}

/**
 * Puts imported material to use that waits for it; the former still decrypts.
 * @throws AwsError KMSInvalidStateException when there is none
 */
export async function rotateToPending(kms: Kms, scope: Scope, keyId: string): Promise<void> {
  await kms.records.keys.update(scopeKey(scope), keyId, (key) => {
    if (!key.materials.some(({ pending, sealed }) => pending && sealed)) throw noPendingMaterial(keyArn(scope, keyId));
    const rotation = { at: kms.now(), type: "ON_DEMAND" as const };
    const materials = key.materials.map(({ pending, ...material }) => (pending ? { ...material, rotation } : material));
    return { ...key, materials };
  });
}

/**
 * Puts new material in place of the key's, whose former ones still decrypt. An automatic rotation is done only when it
 * is due; until the next it is then the whole period.
 */
export async function rotateKey(kms: Kms, scope: Scope, keyId: string, type: RotationType): Promise<void> {
  const arn = keyArn(scope, keyId);
  const facts = factsOf({ spec: "SYMMETRIC_DEFAULT" });
  const now = kms.now();
  const { material } = sealMaterial(kms.keyring, arn, facts, await generateMaterial(facts), now);
  await kms.records.keys.update(scopeKey(scope), keyId, (key) => {
    if (keyState(key) !== "Enabled") return undefined;
    const materials = [...key.materials, { ...material, rotation: { at: now, type } }];
    if (type === "ON_DEMAND") return { ...key, materials };
    if (!key.rotation || key.rotation.nextAt > now) return undefined;
    return { ...key, materials, rotation: rotationFrom(now, key.rotation.periodInDays) };
  });
}
